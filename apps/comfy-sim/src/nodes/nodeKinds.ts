import { saveAnimatedPng, saveAnimatedWebp, saveImageWebsocket, videoCombine } from './animations';
import * as conditioning from './conditioning';
import * as custom from './customSampler';
import { emptyImage } from './emptyImage';
import { emptyLatentImage } from './emptyLatentImage';
import { batchImages, imageBatch, imageFromBatch, repeatImageBatch } from './imageBatches';
import { imageBlend, imageCompositeMasked, imagePadForOutpaint } from './imageComposition';
import * as filters from './imageFilters';
import * as scaling from './imageScaling';
import { ipAdapterApply, ipAdapterUnifiedLoader } from './ipAdapter';
import { labFail } from './labFail';
import { labSlow } from './labSlow';
import * as latents from './latentChanges';
import { loadImage } from './loadImage';
import * as masks from './masks';
import * as media from './media';
import * as loaders from './modelLoaders';
import * as patches from './modelPatches';
import type { NodeKind } from './nodeKind';
import { posePreprocessor } from './posePreprocessor';
import { previewImage } from './previewImage';
import { resizeImageMask } from './resizeImageMask';
import { saveImage } from './saveImage';
import { kSampler, kSamplerAdvanced } from './samplers';
import * as encoders from './textEncoders';
import { getImageSize, previewAny, primitive, saveText } from './texts';
import { vaeDecode } from './vaeDecode';
import { vaeEncode, vaeEncodeForInpaint } from './vaeEncode';

const modelNodes: Readonly<Record<string, NodeKind>> = {
  CheckpointLoaderSimple: loaders.checkpointLoader,
  CLIPLoader: loaders.clipLoader,
  CLIPSetLastLayer: patches.clipSetLastLayer,
  CLIPVisionEncode: conditioning.clipVisionEncode,
  CLIPVisionLoader: loaders.clipVisionLoader,
  ControlNetLoader: loaders.controlNetLoader,
  DualCLIPLoader: loaders.dualClipLoader,
  IPAdapter: ipAdapterApply,
  IPAdapterAdvanced: ipAdapterApply,
  IPAdapterModelLoader: loaders.ipAdapterModelLoader,
  IPAdapterUnifiedLoader: ipAdapterUnifiedLoader,
  LoraLoader: patches.loraLoader,
  LoraLoaderModelOnly: patches.loraLoaderModelOnly,
  ModelSamplingFlux: patches.modelSampling,
  ModelSamplingSD3: patches.modelSampling,
  PhotoMakerLoader: loaders.photoMakerLoader,
  SetUnionControlNetType: conditioning.setUnionControlNetType,
  StyleModelLoader: loaders.styleModelLoader,
  UNETLoader: loaders.unetLoader,
  UpscaleModelLoader: loaders.upscaleModelLoader,
  VAELoader: loaders.vaeLoader,
};

const conditioningNodes: Readonly<Record<string, NodeKind>> = {
  CLIPTextEncode: encoders.clipTextEncode,
  CLIPTextEncodeSDXL: encoders.clipTextEncodeSdxl,
  ConditioningCombine: conditioning.conditioningCombine,
  ConditioningConcat: conditioning.conditioningConcat,
  ConditioningSetTimestepRange: conditioning.conditioningSetTimestepRange,
  ControlNetApply: conditioning.controlNetApply,
  ControlNetApplyAdvanced: conditioning.controlNetApplyAdvanced,
  FluxGuidance: conditioning.fluxGuidance,
  PhotoMakerEncode: encoders.photoMakerEncode,
  ReferenceLatent: conditioning.referenceLatent,
  StyleModelApply: conditioning.styleModelApply,
  TextEncodeQwenImageEditPlus: encoders.textEncodeQwenImageEdit,
  unCLIPConditioning: conditioning.unclipConditioning,
};

const samplingNodes: Readonly<Record<string, NodeKind>> = {
  BasicGuider: custom.basicGuider,
  BasicScheduler: custom.basicScheduler,
  CFGGuider: custom.cfgGuider,
  EmptyLatentImage: emptyLatentImage,
  EmptySD3LatentImage: emptyLatentImage,
  KSampler: kSampler,
  KSamplerAdvanced: kSamplerAdvanced,
  KSamplerSelect: custom.kSamplerSelect,
  LatentFromBatch: latents.latentFromBatch,
  LatentUpscale: latents.latentUpscale,
  LatentUpscaleBy: latents.latentUpscaleBy,
  RandomNoise: custom.randomNoise,
  RepeatLatentBatch: latents.repeatLatentBatch,
  SamplerCustomAdvanced: custom.samplerCustomAdvanced,
  SetLatentNoiseMask: latents.setLatentNoiseMask,
  VAEDecode: vaeDecode,
  VAEEncode: vaeEncode,
  VAEEncodeForInpaint: vaeEncodeForInpaint,
};

const imageNodes: Readonly<Record<string, NodeKind>> = {
  BatchImagesNode: batchImages,
  Canny: filters.canny,
  DWPreprocessor: posePreprocessor,
  EmptyImage: emptyImage,
  FluxKontextImageScale: scaling.fluxKontextImageScale,
  GetImageSize: getImageSize,
  ImageBatch: imageBatch,
  ImageBlend: imageBlend,
  ImageBlur: filters.imageBlur,
  ImageCompositeMasked: imageCompositeMasked,
  ImageCrop: filters.imageCrop,
  ImageFlip: filters.imageFlip,
  ImageFromBatch: imageFromBatch,
  ImageInvert: filters.imageInvert,
  ImagePadForOutpaint: imagePadForOutpaint,
  ImageRotate: filters.imageRotate,
  ImageScale: scaling.imageScale,
  ImageScaleBy: scaling.imageScaleBy,
  ImageScaleToTotalPixels: scaling.imageScaleToTotalPixels,
  ImageSharpen: filters.imageSharpen,
  ImageToMask: masks.imageToMask,
  ImageUpscaleWithModel: scaling.imageUpscaleWithModel,
  JoinImageWithAlpha: masks.joinImageWithAlpha,
  LoadImage: loadImage,
  LoadImageMask: masks.loadImageMask,
  LoadImageOutput: loadImage,
  MaskToImage: masks.maskToImage,
  OpenposePreprocessor: posePreprocessor,
  RepeatImageBatch: repeatImageBatch,
  ResizeImageMaskNode: resizeImageMask,
  SolidMask: masks.solidMask,
  SplitImageWithAlpha: masks.splitImageWithAlpha,
};

const outputNodes: Readonly<Record<string, NodeKind>> = {
  CreateVideo: media.createVideo,
  EmptyAudio: media.emptyAudio,
  LabFail: labFail,
  LabMesh: media.labMesh,
  LabSlow: labSlow,
  PreviewAny: previewAny,
  PreviewAudio: media.previewAudio,
  PreviewImage: previewImage,
  PrimitiveBoolean: primitive,
  PrimitiveFloat: primitive,
  PrimitiveInt: primitive,
  PrimitiveString: primitive,
  PrimitiveStringMultiline: primitive,
  SaveAnimatedPNG: saveAnimatedPng,
  SaveAnimatedWEBP: saveAnimatedWebp,
  SaveAudio: media.saveAudio,
  SaveGLB: media.saveGlb,
  SaveImage: saveImage,
  SaveImageWebsocket: saveImageWebsocket,
  SaveText: saveText,
  SaveVideo: media.saveVideo,
  VHS_VideoCombine: videoCombine,
};

/** The implementation of every node class of every pack. */
export const nodeKinds: Readonly<Record<string, NodeKind>> = {
  ...modelNodes,
  ...conditioningNodes,
  ...samplingNodes,
  ...imageNodes,
  ...outputNodes,
};
