import { encodeSilence } from '../media/flac';
import { encodeCube } from '../media/glb';
import { encodeMp4 } from '../media/mp4';
import { OutOfMemory, type NodeContext, type NodeKind } from './nodeKind';
import type { Audio } from './nodeValue';
import { randomWord } from './randomWord';
import { storeFile } from './storeFile';

const maxAudioSeconds = 3600;
/** A frame takes half again as many bytes as it has pixels. */
const maxVideoPixels = 32 * 1024 * 1024;

export const emptyAudio: NodeKind = {
  run(inputs) {
    const [seconds, sampleRate] = [inputs.number('duration'), inputs.number('sample_rate')];
    if (seconds > maxAudioSeconds) throw new OutOfMemory();
    const length = Math.round(seconds * sampleRate);
    const channels = inputs.number('channels');
    return Promise.resolve({ outputs: [{ kind: 'audio', sampleRate, channels, length }] });
  },
};

export const saveAudio: NodeKind = {
  run(inputs, context) {
    const prefix = inputs.string('filename_prefix');
    return storeAudio(inputs.value('audio', 'audio'), { prefix, type: 'output' }, context);
  },
};

export const previewAudio: NodeKind = {
  run(inputs, context) {
    const prefix = `ComfyUI_temp_${randomWord()}`;
    return storeAudio(inputs.value('audio', 'audio'), { prefix, type: 'temp' }, context);
  },
};

async function storeAudio(
  audio: Audio,
  target: { prefix: string; type: 'output' | 'temp' },
  context: NodeContext,
) {
  const { file } = await storeFile(encodeSilence(audio), { ...target, ending: '.flac' }, context);
  return { outputs: [audio], ui: { audio: [{ ...file }] } };
}

export const createVideo: NodeKind = {
  run(inputs) {
    const picture = inputs.value('images', 'picture');
    const framesPerSecond = inputs.number('fps');
    return Promise.resolve({ outputs: [{ kind: 'video', picture, framesPerSecond }] });
  },
};

export const saveVideo: NodeKind = {
  async run(inputs, context) {
    const video = inputs.value('video', 'video');
    const { picture, framesPerSecond } = video;
    const { width, height, frames } = picture;
    if (width * height * frames.length > maxVideoPixels) throw new OutOfMemory();
    const prefix = inputs.string('filename_prefix');
    const mp4 = await encodeMp4(picture, framesPerSecond);
    const { file } = await storeFile(mp4, { prefix, ending: '_.mp4', size: picture }, context);
    return { outputs: [video], ui: { images: [{ ...file }], animated: [true] } };
  },
};

/** A cube, for tests of what comes with meshes. */
export const labMesh: NodeKind = {
  run(inputs) {
    return Promise.resolve({ outputs: [{ kind: 'mesh', size: inputs.number('size') }] });
  },
};

export const saveGlb: NodeKind = {
  async run(inputs, context) {
    const { size } = inputs.value('mesh', 'mesh');
    const prefix = inputs.string('filename_prefix');
    const { file } = await storeFile(encodeCube(size), { prefix, ending: '_.glb' }, context);
    return { outputs: [], ui: { '3d': [{ ...file }] } };
  },
};
