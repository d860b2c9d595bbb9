import sharp from 'sharp';
import { channels, type Picture } from './picture';

/** A batch of masks. */
export interface Mask {
  readonly kind: 'mask';
  readonly width: number;
  readonly height: number;
  /** One byte per pixel; 255 is masked. */
  readonly frames: readonly Buffer[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A mask's frame as a sharp pipeline. */
export function maskSharp({ width, height }: Size, frame: Buffer): sharp.Sharp {
  return sharp(frame, { raw: { width, height, channels: 1 } });
}

/** The bytes of a pipeline that ends with one channel. */
export function toMaskFrame(pipeline: sharp.Sharp): Promise<Buffer> {
  return pipeline.toColourspace('b-w').extractChannel(0).raw().toBuffer();
}

/** The mask as grey pictures. */
export async function toPicture(mask: Mask): Promise<Picture> {
  const { width, height } = mask;
  const toPixels = (frame: Buffer) => maskSharp(mask, frame).toColourspace('srgb').raw().toBuffer();
  return { kind: 'picture', width, height, frames: await Promise.all(mask.frames.map(toPixels)) };
}

/** The mask's frames in another size. */
export function fitMask(mask: Mask, { width, height }: Size): Promise<Buffer[]> {
  if (mask.width === width && mask.height === height) return Promise.resolve([...mask.frames]);
  return Promise.all(
    mask.frames.map((frame) =>
      toMaskFrame(maskSharp(mask, frame).resize({ width, height, fit: 'fill', kernel: 'linear' })),
    ),
  );
}

/** A mask that reaches so many pixels further. */
export async function growMask(mask: Mask, pixels: number): Promise<Mask> {
  if (pixels === 0) return mask;
  const grow = (frame: Buffer) => toMaskFrame(maskSharp(mask, frame).dilate(pixels));
  return { ...mask, frames: await Promise.all(mask.frames.map(grow)) };
}

/** What was drawn where the mask is white, the pixels below where it is black. */
export async function blendByMask({
  drawn,
  pixels,
  mask,
  width,
  height,
}: Size & { drawn: Buffer; pixels: Buffer; mask: Buffer }): Promise<Buffer> {
  const raw = { width, height, channels } as const;
  const overlay = await sharp(drawn, { raw })
    .joinChannel(mask, { raw: { width, height, channels: 1 } })
    .raw()
    .toBuffer();
  return sharp(pixels, { raw })
    .composite([{ input: overlay, raw: { width, height, channels: 4 } }])
    .removeAlpha()
    .raw()
    .toBuffer();
}
