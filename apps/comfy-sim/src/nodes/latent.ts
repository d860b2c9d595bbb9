import type { Palette } from '../drawing/palette';
import type { Portrait } from '../drawing/portrait';

/** One item of a latent batch, kept as what it decodes to. */
export type LatentFrame =
  | { readonly kind: 'empty' }
  | { readonly kind: 'picture'; readonly pixels: Buffer; readonly palette: Palette }
  | { readonly kind: 'portrait'; readonly portrait: Portrait };

/** A latent batch; width and height are those of the decoded picture, in pixels. */
export interface Latent {
  readonly kind: 'latent';
  readonly width: number;
  readonly height: number;
  readonly frames: readonly LatentFrame[];
}
