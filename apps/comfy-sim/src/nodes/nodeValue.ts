import type { Json } from '../json';
import type { Picture } from '../pictures/picture';
import type { Latent } from './latent';

interface Mask {
  readonly kind: 'mask';
  readonly width: number;
  readonly height: number;
  /** One byte per pixel; 255 hides. */
  readonly frame: Buffer;
}

/** MODEL, CLIP and VAE: all the simulator needs of them is the file they came from. */
interface LoadedModel {
  readonly kind: 'model' | 'clip' | 'vae';
  readonly checkpoint: string;
}

interface Conditioning {
  readonly kind: 'conditioning';
  readonly text: string;
}

/** What travels along a link. */
export type NodeValue = Picture | Latent | Mask | LoadedModel | Conditioning;

/** A node's inputs when it runs: literals and what its links brought. */
export type InputValue = Json | NodeValue;

export function isNodeValue(value: InputValue | undefined): value is NodeValue {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Memory a value takes, roughly, in bytes. */
export function sizeOf(value: NodeValue): number {
  if (value.kind === 'picture') return frameBytes(value.frames);
  if (value.kind === 'mask') return value.frame.length;
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
