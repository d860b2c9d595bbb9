import type { NodeKind } from './nodeKind';
import type { LoadedModel } from './nodeValue';

function patched(model: LoadedModel, patch: string): LoadedModel {
  return { ...model, patches: [...model.patches, patch] };
}

export const loraLoader: NodeKind = {
  run(inputs) {
    const name = inputs.string('lora_name');
    const [strength, clipStrength] = [
      inputs.number('strength_model'),
      inputs.number('strength_clip'),
    ];
    const [model, clip] = [inputs.value('model', 'model'), inputs.value('clip', 'clip')];
    return Promise.resolve({
      outputs: [
        strength === 0 ? model : patched(model, `${name}*${strength}`),
        clipStrength === 0 ? clip : patched(clip, `${name}*${clipStrength}`),
      ],
    });
  },
};

export const loraLoaderModelOnly: NodeKind = {
  run(inputs) {
    const model = inputs.value('model', 'model');
    const strength = inputs.number('strength_model');
    const patch = `${inputs.string('lora_name')}*${strength}`;
    return Promise.resolve({ outputs: [strength === 0 ? model : patched(model, patch)] });
  },
};

export const clipSetLastLayer: NodeKind = {
  run(inputs) {
    const layer = inputs.number('stop_at_clip_layer');
    return Promise.resolve({ outputs: [patched(inputs.value('clip', 'clip'), `layer ${layer}`)] });
  },
};

/** ModelSamplingFlux and ModelSamplingSD3: their numbers move details. */
export const modelSampling: NodeKind = {
  run(inputs) {
    const numbers = Object.values(inputs.values).filter((value) => typeof value === 'number');
    const model = patched(inputs.value('model', 'model'), `shift ${numbers.join('/')}`);
    return Promise.resolve({ outputs: [model] });
  },
};
