import sharp from 'sharp';
import { fitMask, maskSharp, toMaskFrame, toPicture, type Mask } from '../pictures/mask';
import { frameSharp, type Picture } from '../pictures/picture';
import { assertFits } from './cardMemory';
import { fingerprintOfFile } from './loadImage';
import { NodeFailure, type NodeKind } from './nodeKind';

export const solidMask: NodeKind = {
  run(inputs) {
    const [width, height] = [inputs.number('width'), inputs.number('height')];
    assertFits(width, height, 1);
    const frame = Buffer.alloc(width * height, Math.round(inputs.number('value') * 255));
    return Promise.resolve({ outputs: [{ kind: 'mask', width, height, frames: [frame] }] });
  },
};

export const maskToImage: NodeKind = {
  async run(inputs) {
    return { outputs: [await toPicture(inputs.value('mask', 'mask'))] };
  },
};

type Channel = 'red' | 'green' | 'blue' | 'alpha';

export const imageToMask: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const channel = inputs.string('channel') as Channel;
    return { outputs: [await channelOf(picture, channel)] };
  },
};

async function channelOf(picture: Picture, channel: Channel): Promise<Mask> {
  const { width, height, alpha } = picture;
  if (channel === 'alpha') {
    const text = 'index 3 is out of bounds for dimension 3 with size 3';
    if (!alpha) throw new NodeFailure('IndexError', text);
    return { kind: 'mask', width, height, frames: alpha };
  }
  const frames = await Promise.all(
    picture.frames.map((frame) =>
      frameSharp(picture, frame).extractChannel(channel).raw().toBuffer(),
    ),
  );
  return { kind: 'mask', width, height, frames };
}

/** A file's transparency, or one of its colours, as a mask. */
export const loadImageMask: NodeKind = {
  async run(inputs, context) {
    const path = context.folders.inputPath(inputs.string('image')) ?? '';
    const channel = inputs.string('channel') as Channel;
    const plane = sharp(path)
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .extractChannel(channel);
    const { data, info } = await plane.raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const frame = channel === 'alpha' ? await invert(info, data) : data;
    return { outputs: [{ kind: 'mask', width, height, frames: [frame] }] };
  },

  fingerprint: fingerprintOfFile,
};

/** Gives a picture a transparency; the mask hides what it masks. */
export const joinImageWithAlpha: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const masks = await fitMask(inputs.value('alpha', 'mask'), picture);
    const inverted = await Promise.all(masks.map((mask) => invert(picture, mask)));
    const last = inverted.at(-1) ?? Buffer.of();
    const alpha = picture.frames.map((_, index) => inverted[index] ?? last);
    return { outputs: [{ ...picture, alpha }] };
  },
};

/** A picture without transparency has an empty mask. */
export const splitImageWithAlpha: NodeKind = {
  async run(inputs) {
    const { alpha = [], ...picture } = inputs.value('image', 'picture');
    const { width, height } = picture;
    const own = await Promise.all(alpha.map((frame) => invert(picture, frame)));
    const frames = picture.frames.map((_, index) => own[index] ?? Buffer.alloc(width * height));
    return { outputs: [picture, { kind: 'mask', width, height, frames }] };
  },
};

function invert(size: { width: number; height: number }, frame: Buffer): Promise<Buffer> {
  return toMaskFrame(maskSharp(size, frame).negate());
}
