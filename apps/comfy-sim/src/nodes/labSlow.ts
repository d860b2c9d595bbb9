import type { NodeKind } from './nodeKind';

/** Hands its picture on after `steps` times `delay` seconds. */
export const labSlow: NodeKind = {
  async run(inputs, context) {
    const steps = inputs.number('steps');
    for (let step = 1; step <= steps; step += 1) {
      await context.wait(inputs.number('delay') * 1000);
      await context.progress(step, steps);
    }
    return { outputs: [inputs.value('image', 'picture')] };
  },
};
