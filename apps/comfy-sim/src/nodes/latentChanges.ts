import { resizeTo, sizeWithin } from '../pictures/resize';
import { assertFits } from './cardMemory';
import { floorToLatent, type Latent, type LatentFrame } from './latent';
import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';

/** A node that changes one latent. */
function latentChange(
  change: (latent: Latent, inputs: NodeInputs) => Latent | Promise<Latent>,
): NodeKind {
  return {
    async run(inputs) {
      return { outputs: [await change(inputs.value('samples', 'latent'), inputs)] };
    },
  };
}

export const latentUpscale = latentChange((latent, inputs) =>
  scaleLatent(
    latent,
    sizeWithin(latent, { width: inputs.number('width'), height: inputs.number('height') }),
  ),
);

export const latentUpscaleBy = latentChange((latent, inputs) => {
  const scale = inputs.number('scale_by');
  // Of latent pixels, as eight picture pixels are one.
  const side = (pixels: number) => Math.max(1, Math.round((pixels / 8) * scale)) * 8;
  return scaleLatent(latent, { width: side(latent.width), height: side(latent.height) });
});

// A portrait can be drawn in any size; only pictures have pixels to scale.
async function scaleLatent(
  latent: Latent,
  size: { width: number; height: number },
): Promise<Latent> {
  const width = floorToLatent(size.width);
  const height = floorToLatent(size.height);
  assertFits(width, height, latent.frames.length);
  const scale = async (frame: LatentFrame): Promise<LatentFrame> => {
    if (frame.kind === 'empty') return frame;
    if (frame.kind === 'portrait') return { kind: 'portrait', portrait: frame.portrait };
    const { width: w, height: h } = latent;
    const picture = { kind: 'picture', width: w, height: h, frames: [frame.pixels] } as const;
    const scaled = await resizeTo(picture, { width, height });
    return { ...frame, pixels: scaled.frames[0] ?? frame.pixels };
  };
  return { ...latent, width, height, frames: await Promise.all(latent.frames.map(scale)) };
}

/** A negative index counts from the end. */
export const latentFromBatch = latentChange((latent, inputs) => {
  const start = firstIndex(inputs.number('batch_index'), latent.frames.length);
  return { ...latent, frames: latent.frames.slice(start, start + inputs.number('length')) };
});

export const repeatLatentBatch = latentChange((latent, inputs) => {
  const amount = inputs.number('amount');
  assertFits(latent.width, latent.height, latent.frames.length * amount);
  return { ...latent, frames: Array.from({ length: amount }, () => latent.frames).flat() };
});

export const setLatentNoiseMask = latentChange((latent, inputs) => {
  return { ...latent, noiseMask: inputs.value('mask', 'mask') };
});

/** Where a batch is cut: within it, whatever was asked for. */
export function firstIndex(index: number, length: number): number {
  const start = index < 0 ? length + index : index;
  return Math.min(Math.max(0, start), length - 1);
}
