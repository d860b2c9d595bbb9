import type { NodeKind } from './nodeKind';

export const checkpointLoader: NodeKind = {
  async run(inputs, context) {
    const checkpoint = inputs.string('ckpt_name');
    await context.models.use(checkpoint, context.wait);
    const kinds = ['model', 'clip', 'vae'] as const;
    return { outputs: kinds.map((kind) => ({ kind, checkpoint })) };
  },
};
