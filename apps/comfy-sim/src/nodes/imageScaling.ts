import type { Picture } from '../pictures/picture';
import { resizeTo, sizeWithin } from '../pictures/resize';
import { assertFits } from './cardMemory';
import { passPortraitsOn } from './drawnPortraits';
import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';

interface Target {
  readonly width: number;
  readonly height: number;
  readonly method?: string;
  readonly crop?: string;
}

/** A node that gives its picture another size. */
function imageScaling(targetOf: (picture: Picture, inputs: NodeInputs) => Target): NodeKind {
  return {
    async run(inputs) {
      const picture = inputs.value('image', 'picture');
      const target = targetOf(picture, inputs);
      assertFits(target.width, target.height, picture.frames.length);
      return { outputs: [passPortraitsOn(picture, await resizeTo(picture, target, target))] };
    },
  };
}

export const imageScale = imageScaling((picture, inputs) => ({
  ...sizeWithin(picture, { width: inputs.number('width'), height: inputs.number('height') }),
  method: inputs.string('upscale_method'),
  crop: inputs.string('crop'),
}));

export const imageScaleBy = imageScaling((picture, inputs) => {
  const scale = inputs.number('scale_by');
  return { ...scaled(picture, scale), method: inputs.string('upscale_method') };
});

export const imageScaleToTotalPixels = imageScaling((picture, inputs) => {
  const total = inputs.number('megapixels') * 1024 * 1024;
  const scale = Math.sqrt(total / (picture.width * picture.height));
  const step = inputs.number('resolution_steps');
  const side = (pixels: number) => Math.max(step, Math.round((pixels * scale) / step) * step);
  const method = inputs.string('upscale_method');
  return { width: side(picture.width), height: side(picture.height), method };
});

// The factor is a property of the model's file; its name tells it.
export const imageUpscaleWithModel = imageScaling((picture, inputs) => {
  const { file } = inputs.value('upscale_model', 'upscaleModel');
  const factor = Number(/(?:^|\D)([1248])x|x([1248])(?:\D|$)/i.exec(file)?.slice(1).join('') ?? 4);
  return { ...scaled(picture, factor || 4), method: 'lanczos' };
});

/** The sizes FLUX Kontext was trained on. */
const kontextSizes = [
  [672, 1568],
  [688, 1504],
  [720, 1456],
  [752, 1392],
  [800, 1328],
  [832, 1248],
  [880, 1184],
  [944, 1104],
  [1024, 1024],
] as const;

export const fluxKontextImageScale = imageScaling(({ width, height }) => {
  const sizes = kontextSizes.flatMap(([a, b]) => [
    { width: a, height: b },
    { width: b, height: a },
  ]);
  const distance = (size: Target) => Math.abs(size.width / size.height - width / height);
  const best = sizes.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return { ...best, method: 'lanczos', crop: 'center' };
});

function scaled({ width, height }: Picture, factor: number): Target {
  const side = (pixels: number) => Math.max(1, Math.round(pixels * factor));
  return { width: side(width), height: side(height) };
}
