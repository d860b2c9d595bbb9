import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';
import { sampleLatent } from './sampling';

const sampledWith = (inputs: NodeInputs) => ({
  model: inputs.value('model', 'model'),
  positive: inputs.value('positive', 'conditioning'),
  negative: inputs.value('negative', 'conditioning'),
  latent: inputs.value('latent_image', 'latent'),
  cfg: inputs.number('cfg'),
  sampler: `${inputs.string('sampler_name')}/${inputs.string('scheduler')}`,
});

export const kSampler: NodeKind = {
  async run(inputs, context) {
    const latent = await sampleLatent(
      {
        ...sampledWith(inputs),
        seed: inputs.number('seed'),
        steps: inputs.number('steps'),
        denoise: inputs.number('denoise'),
      },
      context,
    );
    return { outputs: [latent] };
  },
};

/** Goes a part of the way: one begins, another goes on, as base and refiner do. */
export const kSamplerAdvanced: NodeKind = {
  async run(inputs, context) {
    const all = inputs.number('steps');
    const start = Math.min(inputs.number('start_at_step'), all);
    const end = Math.min(inputs.number('end_at_step'), all);
    const latent = await sampleLatent(
      {
        ...sampledWith(inputs),
        seed: inputs.number('noise_seed'),
        steps: Math.max(0, end - start),
        denoise: (all - start) / all,
      },
      context,
    );
    return { outputs: [latent] };
  },
};
