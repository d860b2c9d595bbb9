import type { Look } from '../drawing/look';
import type { Pose } from '../drawing/pose/pose';
import type { Reference } from '../drawing/reference';
import type { Json } from '../json';
import type { Mask } from '../pictures/mask';
import type { Picture } from '../pictures/picture';
import type { Latent } from './latent';

/** MODEL, CLIP and VAE: the file they came from, and what was done to them on the way. */
export interface LoadedModel {
  readonly kind: 'model' | 'clip' | 'vae';
  readonly file: string;
  /** LoRAs and the like, in words. */
  readonly patches: readonly string[];
  /** What IP-Adapters hung on it. */
  readonly references: readonly Reference[];
}

/** Models that only have to be there. */
interface PlainModel {
  readonly kind: 'clipVision' | 'ipAdapter' | 'photoMaker' | 'styleModel' | 'upscaleModel';
  readonly file: string;
}

interface ControlNet {
  readonly kind: 'controlNet';
  readonly file: string;
  readonly type: string;
}

export interface Conditioning {
  readonly kind: 'conditioning';
  readonly text: string;
  readonly patches: readonly string[];
  /** Stands in for cfg where a model was trained to. */
  readonly guidance?: number;
  readonly poseHint?: { readonly pose: Pose; readonly strength: number };
  readonly references: readonly Reference[];
}

/** What a SamplerCustomAdvanced is put together from. */
type SamplerPart =
  | { readonly kind: 'noise'; readonly seed: number }
  | { readonly kind: 'sampler'; readonly name: string }
  | {
      readonly kind: 'sigmas';
      readonly scheduler: string;
      readonly steps: number;
      readonly denoise: number;
    }
  | {
      readonly kind: 'guider';
      readonly model: LoadedModel;
      readonly positive: Conditioning;
      readonly negative: Conditioning;
      readonly cfg: number;
    };

/** Silence of so many samples per channel. */
export interface Audio {
  readonly kind: 'audio';
  readonly sampleRate: number;
  readonly channels: number;
  readonly length: number;
}

interface Video {
  readonly kind: 'video';
  readonly picture: Picture;
  readonly framesPerSecond: number;
}

type Finding =
  | { readonly kind: 'clipVisionOutput'; readonly look: Look }
  | { readonly kind: 'poseKeypoints'; readonly json: Json }
  | { readonly kind: 'mesh'; readonly size: number }
  | { readonly kind: 'fileNames'; readonly paths: readonly string[] };

/** What travels along a link and is no literal. */
export type NodeValue =
  | Picture
  | Latent
  | Mask
  | LoadedModel
  | PlainModel
  | ControlNet
  | Conditioning
  | SamplerPart
  | Audio
  | Video
  | Finding;

/** What a node gives on: most often a value of its own kind, now and then a plain literal. */
export type OutputValue = NodeValue | number | string | boolean;

/** A node's inputs when it runs: literals and what its links brought. */
export type InputValue = Json | NodeValue;

export function isNodeValue(value: InputValue | undefined): value is NodeValue {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Memory a value takes, roughly, in bytes. */
export function sizeOf(value: OutputValue): number {
  if (typeof value !== 'object') return String(value).length;
  if (value.kind === 'picture' || value.kind === 'mask') return frameBytes(value.frames);
  if (value.kind === 'video') return frameBytes(value.picture.frames);
  if (value.kind !== 'latent') return 256;
  return value.frames.reduce(
    (sum, frame) => sum + (frame.kind === 'picture' ? frame.pixels.length : 1024),
    0,
  );
}

// A batch may hold the same frame many times.
function frameBytes(frames: readonly Buffer[]): number {
  return [...new Set(frames)].reduce((sum, frame) => sum + frame.length, 0);
}
