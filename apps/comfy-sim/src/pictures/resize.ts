import type { KernelEnum } from 'sharp';
import { mapFrames, type Picture } from './picture';

interface Size {
  readonly width: number;
  readonly height: number;
}

const kernels: Readonly<Record<string, keyof KernelEnum>> = {
  'nearest-exact': 'nearest',
  bilinear: 'linear',
  area: 'mitchell',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
};

/** Scales a batch by one of ComfyUI's methods; `center` cuts off what does not fit the shape. */
export function resizeTo(
  picture: Picture,
  { width, height }: Size,
  { method = 'bicubic', crop = 'disabled' } = {},
): Promise<Picture> {
  const kernel = kernels[method] ?? 'cubic';
  const fit = crop === 'center' ? 'cover' : 'fill';
  return mapFrames(picture, (frame) => frame.resize({ width, height, kernel, fit }));
}

/** Zero means: keep the proportions; zero for both means: keep the size. */
export function sizeWithin(from: Size, { width, height }: Size): Size {
  if (width === 0 && height === 0) return { width: from.width, height: from.height };
  const scaled = (side: number, target: number, source: number) =>
    Math.max(1, Math.round((side * target) / source));
  return {
    width: width === 0 ? scaled(from.width, height, from.height) : width,
    height: height === 0 ? scaled(from.height, width, from.width) : height,
  };
}
