import { readLook } from '../drawing/look';
import { readPose } from '../drawing/pose/readPose';
import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';
import type { Conditioning } from './nodeValue';
import { decodeFrame } from './vaeDecode';

/** A node that changes one conditioning. */
function conditioningChange(
  input: string,
  change: (given: Conditioning, inputs: NodeInputs) => Conditioning | Promise<Conditioning>,
): NodeKind {
  return {
    async run(inputs) {
      return { outputs: [await change(inputs.value(input, 'conditioning'), inputs)] };
    },
  };
}

/** Combine and Concat: what both say holds. */
function conditioningUnion(first: string, second: string): NodeKind {
  return conditioningChange(first, (a, inputs) => {
    const b = inputs.value(second, 'conditioning');
    return {
      ...b,
      ...a,
      text: `${a.text}, ${b.text}`,
      patches: [...new Set([...a.patches, ...b.patches])],
      references: [...a.references, ...b.references],
    };
  });
}

export const conditioningCombine = conditioningUnion('conditioning_1', 'conditioning_2');
export const conditioningConcat = conditioningUnion('conditioning_to', 'conditioning_from');

export const conditioningSetTimestepRange = conditioningChange('conditioning', (given, inputs) => ({
  ...given,
  patches: [...given.patches, `${inputs.number('start')} to ${inputs.number('end')}`],
}));

export const fluxGuidance = conditioningChange('conditioning', (given, inputs) => ({
  ...given,
  guidance: inputs.number('guidance'),
}));

/** CLIPVisionEncode: what the picture shows. */
export const clipVisionEncode: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const look = await readLook(picture, picture.frames[0] ?? Buffer.of());
    return { outputs: [{ kind: 'clipVisionOutput', look }] };
  },
};

export const unclipConditioning = conditioningChange('conditioning', (given, inputs) => {
  const { look } = inputs.value('clip_vision_output', 'clipVisionOutput');
  const weight = inputs.number('strength') * (1 - inputs.number('noise_augmentation'));
  return { ...given, references: [...given.references, { look, weight, scope: 'all' }] };
});

export const styleModelApply = conditioningChange('conditioning', (given, inputs) => {
  const { look } = inputs.value('clip_vision_output', 'clipVisionOutput');
  const weight = inputs.number('strength');
  return { ...given, references: [...given.references, { look, weight, scope: 'style' }] };
});

export const referenceLatent = conditioningChange('conditioning', async (given, inputs) => {
  const latent = inputs.find('latent', 'latent');
  const [first] = latent?.frames ?? [];
  if (!latent || !first) return given;
  const { width, height } = latent;
  const frame = await decodeFrame(latent, first);
  const look = await readLook({ kind: 'picture', width, height, frames: [frame] }, frame);
  return { ...given, references: [...given.references, { look, weight: 0.9, scope: 'all' }] };
});

export const setUnionControlNetType: NodeKind = {
  run(inputs) {
    const controlNet = inputs.value('control_net', 'controlNet');
    return Promise.resolve({ outputs: [{ ...controlNet, type: inputs.string('type') }] });
  },
};

/** ControlNetApply: the whole way, on one conditioning. */
export const controlNetApply = conditioningChange('conditioning', (given, inputs) =>
  holdToPose(given, inputs, inputs.number('strength')),
);

/** A net that acts on a part of the steps acts less. */
export const controlNetApplyAdvanced: NodeKind = {
  async run(inputs) {
    const part = Math.max(0, inputs.number('end_percent') - inputs.number('start_percent'));
    const strength = inputs.number('strength') * Math.min(1, part * 1.25);
    const negative = inputs.value('negative', 'conditioning');
    const positive = inputs.value('positive', 'conditioning');
    return { outputs: [await holdToPose(positive, inputs, strength), negative] };
  },
};

async function holdToPose(
  given: Conditioning,
  inputs: NodeInputs,
  strength: number,
): Promise<Conditioning> {
  if (strength <= 0) return given;
  const picture = inputs.value('image', 'picture');
  const pose = await readPose(picture, picture.frames[0] ?? Buffer.of());
  const { file, type } = inputs.value('control_net', 'controlNet');
  return { ...given, poseHint: { pose, strength }, patches: [...given.patches, `${file}/${type}`] };
}
