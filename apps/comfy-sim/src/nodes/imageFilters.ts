import type { Sharp } from 'sharp';
import { toMaskFrame, toPicture } from '../pictures/mask';
import { frameSharp, mapFrames, type Picture } from '../pictures/picture';
import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';

/** A node that changes every frame of its picture by itself. */
function imageFilter(
  filter: (frame: Sharp, inputs: NodeInputs, picture: Picture) => Sharp,
): NodeKind {
  return {
    async run(inputs) {
      const picture = inputs.value('image', 'picture');
      return { outputs: [await mapFrames(picture, (frame) => filter(frame, inputs, picture))] };
    },
  };
}

export const imageInvert = imageFilter((frame) => frame.negate());

export const imageBlur = imageFilter((frame, inputs) =>
  frame.blur(Math.max(0.3, spread(inputs.number('blur_radius'), inputs.number('sigma')))),
);

/** Sigma counts in radii and sees no further than one: a large one averages evenly. */
function spread(radius: number, sigma: number): number {
  return radius / Math.sqrt(3 + 1 / sigma ** 2);
}

export const imageSharpen = imageFilter((frame, inputs) => {
  const sigma = Math.min(inputs.number('sigma'), inputs.number('sharpen_radius'));
  const alpha = inputs.number('alpha');
  return alpha === 0 ? frame : frame.sharpen({ sigma: Math.max(0.3, sigma), m1: alpha, m2: alpha });
});

export const imageFlip = imageFilter((frame, inputs) =>
  inputs.string('flip_method').startsWith('x') ? frame.flip() : frame.flop(),
);

export const imageRotate = imageFilter((frame, inputs) =>
  frame.rotate(Number.parseInt(inputs.string('rotation'), 10) || 0),
);

/** Cuts out what lies within the picture of the asked part. */
export const imageCrop = imageFilter((frame, inputs, picture) => {
  const left = Math.min(inputs.number('x'), picture.width - 1);
  const top = Math.min(inputs.number('y'), picture.height - 1);
  const width = Math.min(inputs.number('width'), picture.width - left);
  const height = Math.min(inputs.number('height'), picture.height - top);
  return frame.extract({ left, top, width, height });
});

const laplace = { width: 3, height: 3, kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1] };

/** White edges on black: not Canny's own thinning, but the same kind of picture. */
export const canny: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const threshold = Math.max(1, Math.round(inputs.number('low_threshold') * 60));
    const { width, height } = picture;
    const edges = (frame: Buffer) =>
      toMaskFrame(
        frameSharp(picture, frame).greyscale().blur(1.2).convolve(laplace).threshold(threshold),
      );
    const frames = await Promise.all(picture.frames.map(edges));
    return { outputs: [await toPicture({ kind: 'mask', width, height, frames })] };
  },
};
