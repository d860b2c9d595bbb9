import type { KernelEnum } from 'sharp';
import { mapFrames } from '../pictures/picture';
import { assertFits } from './cardMemory';
import type { NodeKind } from './nodeKind';

const kernels: Readonly<Record<string, keyof KernelEnum>> = {
  'nearest-exact': 'nearest',
  bilinear: 'linear',
  area: 'mitchell',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
};

export const imageScale: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const size = targetSize(picture, inputs.number('width'), inputs.number('height'));
    assertFits(size.width, size.height, picture.frames.length);
    const kernel = kernels[inputs.string('upscale_method')] ?? 'cubic';
    const fit = inputs.string('crop') === 'center' ? 'cover' : 'fill';
    return {
      outputs: [await mapFrames(picture, (frame) => frame.resize({ ...size, kernel, fit }))],
    };
  },
};

/** Zero means: keep the proportions; zero for both means: keep the size. */
function targetSize(from: { width: number; height: number }, width: number, height: number) {
  if (width === 0 && height === 0) return { width: from.width, height: from.height };
  const scaled = (side: number, target: number, source: number) =>
    Math.max(1, Math.round((side * target) / source));
  return {
    width: width === 0 ? scaled(from.width, height, from.height) : width,
    height: height === 0 ? scaled(from.height, width, from.width) : height,
  };
}
