import type { Palette } from '../drawing/palette';
import type { Portrait } from '../drawing/portrait';
import type { Mask } from '../pictures/mask';

/** One item of a latent batch, kept as what it decodes to. */
export type LatentFrame =
  | { readonly kind: 'empty' }
  | { readonly kind: 'picture'; readonly pixels: Buffer; readonly palette: Palette }
  | {
      readonly kind: 'portrait';
      readonly portrait: Portrait;
      /** What a mask keeps of the picture below: the pixels where it is 0. */
      readonly kept?: { readonly pixels: Buffer; readonly mask: Buffer };
    };

/** A latent batch; width and height are those of the decoded picture, in pixels. */
export interface Latent {
  readonly kind: 'latent';
  readonly width: number;
  readonly height: number;
  readonly frames: readonly LatentFrame[];
  /** Where a sampler may draw. */
  readonly noiseMask?: Mask;
}

/** A latent has an eighth of the picture's size; what does not divide is cut off. */
export function floorToLatent(pixels: number, step = 8): number {
  return Math.max(step, Math.floor(pixels / step) * step);
}
