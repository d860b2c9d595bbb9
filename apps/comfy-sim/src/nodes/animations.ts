import { randomUUID } from 'node:crypto';
import { encodeAnimatedWebp, encodeGif } from '../media/animation';
import { encodeAnimatedPng } from '../media/apng';
import { encodePng } from '../pictures/png';
import type { NodeKind } from './nodeKind';
import { metadataOf, storeFile } from './storeFile';

const methodEffort: Readonly<Record<string, number>> = { default: 4, fastest: 0, slowest: 6 };

export const saveAnimatedWebp: NodeKind = {
  async run(inputs, context) {
    const size = inputs.value('images', 'picture');
    const webp = await encodeAnimatedWebp(size, {
      framesPerSecond: inputs.number('fps'),
      lossless: inputs.boolean('lossless'),
      quality: Math.max(1, inputs.number('quality')),
      effort: methodEffort[inputs.string('method')] ?? 4,
    });
    const prefix = inputs.string('filename_prefix');
    const { file } = await storeFile(webp, { prefix, ending: '_.webp', size }, context);
    const animated = size.frames.length > 1 ? { animated: [true] } : {};
    return { outputs: [size], ui: { images: [{ ...file }], ...animated } };
  },
};

export const saveAnimatedPng: NodeKind = {
  async run(inputs, context) {
    const size = inputs.value('images', 'picture');
    const png = await encodeAnimatedPng(size, inputs.number('fps'), metadataOf(context));
    const prefix = inputs.string('filename_prefix');
    const { file } = await storeFile(png, { prefix, ending: '_.png', size }, context);
    const animated = size.frames.length > 1 ? { animated: [true] } : {};
    return { outputs: [size], ui: { images: [{ ...file }], ...animated } };
  },
};

/** VHS_VideoCombine, as far as it makes pictures: a GIF or WebP, shown under `gifs`. */
export const videoCombine: NodeKind = {
  async run(inputs, context) {
    const given = inputs.value('images', 'picture');
    const back = inputs.boolean('pingpong') ? given.frames.slice(1, -1).reverse() : [];
    const picture = { ...given, frames: [...given.frames, ...back] };
    const format = inputs.string('format');
    const timing = {
      framesPerSecond: inputs.number('frame_rate'),
      loops: inputs.number('loop_count'),
    };
    const isGif = format === 'image/gif';
    const content = isGif
      ? await encodeGif(picture, timing)
      : await encodeAnimatedWebp(picture, timing);
    const type = inputs.boolean('save_output') ? 'output' : 'temp';
    const ending = isGif ? '.gif' : '.webp';
    const prefix = inputs.string('filename_prefix');
    const wish = { prefix, ending, type, size: picture } as const;
    const { file, path } = await storeFile(content, wish, context);
    const gif = { ...file, format, frame_rate: timing.framesPerSecond, fullpath: path };
    return { outputs: [{ kind: 'fileNames', paths: [path] }], ui: { gifs: [gif] } };
  },
};

/** Sends its pictures over the socket, one frame each, and keeps nothing. */
export const saveImageWebsocket: NodeKind = {
  async run(inputs, context) {
    const picture = inputs.value('images', 'picture');
    for (const [index, frame] of picture.frames.entries()) {
      await context.progress(index, picture.frames.length, () => encodePng(picture, frame, {}));
    }
    return { outputs: [] };
  },

  // It runs anew each time, whatever it ran with before.
  fingerprint: () => Promise.resolve(randomUUID()),
};
