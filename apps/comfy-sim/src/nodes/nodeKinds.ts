import { checkpointLoader } from './checkpointLoader';
import { clipTextEncode } from './clipTextEncode';
import { emptyImage } from './emptyImage';
import { emptyLatentImage } from './emptyLatentImage';
import { imageInvert } from './imageInvert';
import { imageScale } from './imageScale';
import { kSampler } from './kSampler';
import { labFail } from './labFail';
import { labSlow } from './labSlow';
import { loadImage } from './loadImage';
import type { NodeKind } from './nodeKind';
import { previewImage } from './previewImage';
import { saveImage } from './saveImage';
import { vaeDecode } from './vaeDecode';
import { vaeEncode } from './vaeEncode';

/** The implementation of every node class in the catalog. */
export const nodeKinds: Readonly<Record<string, NodeKind>> = {
  CheckpointLoaderSimple: checkpointLoader,
  CLIPTextEncode: clipTextEncode,
  EmptyImage: emptyImage,
  EmptyLatentImage: emptyLatentImage,
  ImageInvert: imageInvert,
  ImageScale: imageScale,
  KSampler: kSampler,
  LabFail: labFail,
  LabSlow: labSlow,
  LoadImage: loadImage,
  PreviewImage: previewImage,
  SaveImage: saveImage,
  VAEDecode: vaeDecode,
  VAEEncode: vaeEncode,
};
