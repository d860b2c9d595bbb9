import sharp, { type Blend, type OverlayOptions } from 'sharp';
import { fitMask, type Mask } from '../pictures/mask';
import { channels, frameSharp, mapFrames, type Picture } from '../pictures/picture';
import { resizeTo } from '../pictures/resize';
import type { NodeKind } from './nodeKind';

const blends: Readonly<Record<string, Blend>> = {
  normal: 'over',
  multiply: 'multiply',
  screen: 'screen',
  overlay: 'overlay',
  soft_light: 'soft-light',
  difference: 'difference',
};

/** Lays the second picture over the first, as strongly as the factor says. */
export const imageBlend: NodeKind = {
  async run(inputs) {
    const [below, given] = [inputs.value('image1', 'picture'), inputs.value('image2', 'picture')];
    const { width, height } = below;
    const above = await resizeTo(given, { width, height }, { crop: 'center' });
    const blend = blends[inputs.string('blend_mode')] ?? 'over';
    // Mixed first and weighed afterwards: half transparent layers mix in another way.
    const raw = { width, height, channels } as const;
    const mixed = await layOver(below, above.frames, { blend, raw });
    const layers = await Promise.all(
      mixed.frames.map((frame) =>
        frameSharp(mixed, frame).ensureAlpha(inputs.number('blend_factor')).raw().toBuffer(),
      ),
    );
    return { outputs: [await layOver(below, layers, { raw: rgba(below) })] };
  },
};

/** Puts a picture into another, where its mask is white. */
export const imageCompositeMasked: NodeKind = {
  async run(inputs) {
    const destination = inputs.value('destination', 'picture');
    const given = inputs.value('source', 'picture');
    const source = inputs.boolean('resize_source') ? await resizeTo(given, destination) : given;
    const [left, top] = [inputs.number('x'), inputs.number('y')];
    const width = Math.min(source.width, destination.width - left);
    const height = Math.min(source.height, destination.height - top);
    if (width <= 0 || height <= 0) return { outputs: [destination] };
    const mask = inputs.find('mask', 'mask') ?? whiteMask(source);
    const alphas = await fitMask(mask, source);
    const layers = await Promise.all(
      source.frames.map((frame, index) =>
        cutOut(source, frame, { alpha: alphas[index] ?? alphas[0], width, height }),
      ),
    );
    const raw = { width, height, channels: 4 } as const;
    return { outputs: [await layOver(destination, layers, { left, top, raw })] };
  },
};

const outpaintGrey = '#808080';

/** Widens the picture by grey borders and masks them, softly towards the picture. */
export const imagePadForOutpaint: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const [left, top] = [inputs.number('left'), inputs.number('top')];
    const [right, bottom] = [inputs.number('right'), inputs.number('bottom')];
    const sides = { left, top, right, bottom };
    const padded = await mapFrames(picture, (frame) =>
      frame.extend({ ...sides, background: outpaintGrey }),
    );
    const frame = maskAround(picture, sides, inputs.number('feathering'));
    const { width, height } = padded;
    return { outputs: [padded, { kind: 'mask', width, height, frames: [frame] }] };
  },
};

interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** White around the picture; within it, fading out from the sides that were widened. */
function maskAround({ width, height }: Picture, sides: Sides, feathering: number): Buffer {
  const { left, top, right, bottom } = sides;
  const whole = width + left + right;
  const mask = Buffer.alloc(whole * (height + top + bottom), 255);
  const fade = feathering * 2 < Math.min(width, height) ? feathering : 0;
  for (let y = 0; y < height; y += 1) {
    const down = Math.min(top > 0 ? y : Infinity, bottom > 0 ? height - y : Infinity);
    const row = (y + top) * whole + left;
    for (let x = 0; x < width; x += 1) {
      const across = Math.min(left > 0 ? x : Infinity, right > 0 ? width - x : Infinity);
      const share = Math.max(0, (fade - Math.min(down, across)) / Math.max(1, fade));
      mask[row + x] = 255 * share ** 2;
    }
  }
  return mask;
}

/** Lays one layer over each frame; when there are fewer, the last lies over the rest. */
async function layOver(
  picture: Picture,
  layers: readonly Buffer[],
  how: OverlayOptions,
): Promise<Picture> {
  const last = layers.at(-1);
  let index = 0;
  return mapFrames(picture, (frame) => {
    const input = layers[index++] ?? last;
    return input ? frame.composite([{ ...how, input }]).removeAlpha() : frame;
  });
}

/** The upper left part of a frame, with its transparency. */
async function cutOut(
  picture: Picture,
  frame: Buffer,
  { alpha, width, height }: { alpha: Buffer | undefined; width: number; height: number },
): Promise<Buffer> {
  const plane = { width: picture.width, height: picture.height, channels: 1 } as const;
  const opaque = frameSharp(picture, frame);
  const joined = alpha ? opaque.joinChannel(alpha, { raw: plane }) : opaque.ensureAlpha();
  // In one pipeline the cut would come before the joining.
  const whole = sharp(await joined.raw().toBuffer(), { raw: rgba(picture) });
  return whole.extract({ left: 0, top: 0, width, height }).raw().toBuffer();
}

function whiteMask({ width, height }: Picture): Mask {
  return { kind: 'mask', width, height, frames: [Buffer.alloc(width * height, 255)] };
}

function rgba({ width, height }: Picture) {
  return { width, height, channels: 4 } as const;
}
