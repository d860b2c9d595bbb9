import type { NodeKind } from './nodeKind';
import { sampleLatent } from './sampling';

export const randomNoise: NodeKind = {
  run(inputs) {
    return Promise.resolve({ outputs: [{ kind: 'noise', seed: inputs.number('noise_seed') }] });
  },
};

export const kSamplerSelect: NodeKind = {
  run(inputs) {
    return Promise.resolve({ outputs: [{ kind: 'sampler', name: inputs.string('sampler_name') }] });
  },
};

export const basicScheduler: NodeKind = {
  run(inputs) {
    const [scheduler, steps] = [inputs.string('scheduler'), inputs.number('steps')];
    const denoise = inputs.number('denoise');
    return Promise.resolve({ outputs: [{ kind: 'sigmas', scheduler, steps, denoise }] });
  },
};

export const cfgGuider: NodeKind = {
  run(inputs) {
    return Promise.resolve({
      outputs: [
        {
          kind: 'guider',
          model: inputs.value('model', 'model'),
          positive: inputs.value('positive', 'conditioning'),
          negative: inputs.value('negative', 'conditioning'),
          cfg: inputs.number('cfg'),
        },
      ],
    });
  },
};

export const basicGuider: NodeKind = {
  run(inputs) {
    const positive = inputs.value('conditioning', 'conditioning');
    const negative = { ...positive, text: '', references: [] };
    const model = inputs.value('model', 'model');
    return Promise.resolve({ outputs: [{ kind: 'guider', model, positive, negative, cfg: 1 }] });
  },
};

export const samplerCustomAdvanced: NodeKind = {
  async run(inputs, context) {
    const { model, positive, negative, cfg } = inputs.value('guider', 'guider');
    const { scheduler, steps, denoise } = inputs.value('sigmas', 'sigmas');
    const latent = await sampleLatent(
      {
        model,
        positive,
        negative,
        cfg,
        latent: inputs.value('latent_image', 'latent'),
        seed: inputs.value('noise', 'noise').seed,
        steps: Math.max(1, Math.round(steps)),
        sampler: `${inputs.value('sampler', 'sampler').name}/${scheduler}`,
        denoise,
      },
      context,
    );
    return { outputs: [latent, latent] };
  },
};
