import { composePortrait, type Portrait } from '../drawing/portrait';
import { renderPreview } from '../drawing/renderPortrait';
import type { Latent, LatentFrame } from './latent';
import type { NodeInputs } from './nodeInputs';
import type { NodeContext, NodeKind } from './nodeKind';

export const kSampler: NodeKind = {
  async run(inputs, context) {
    const latent = inputs.value('latent_image', 'latent');
    await context.models.use(inputs.value('model', 'model').checkpoint, context.wait);
    const portraits = latent.frames.map((frame, index) => compose(inputs, frame, index));
    await sample(inputs.number('steps'), { latent, portrait: portraits[0] }, context);
    const frames = portraits.map((portrait): LatentFrame => ({ kind: 'portrait', portrait }));
    return { outputs: [{ ...latent, frames }] };
  },
};

function compose(inputs: NodeInputs, base: LatentFrame, index: number): Portrait {
  const denoise = inputs.number('denoise');
  return composePortrait({
    positive: inputs.value('positive', 'conditioning').text,
    negative: inputs.value('negative', 'conditioning').text,
    checkpoint: inputs.value('model', 'model').checkpoint,
    sampler: `${inputs.string('sampler_name')}/${inputs.string('scheduler')}`,
    seed: inputs.number('seed'),
    frame: index,
    steps: inputs.number('steps'),
    cfg: inputs.number('cfg'),
    denoise,
    ...(base.kind === 'picture' && denoise < 1 ? { palette: base.palette } : {}),
    ...(base.kind === 'portrait' && denoise < 1 ? { former: base.portrait } : {}),
  });
}

async function sample(
  steps: number,
  { latent, portrait }: { latent: Latent; portrait: Portrait | undefined },
  context: NodeContext,
): Promise<void> {
  for (let step = 1; step <= steps; step += 1) {
    await context.wait(context.stepMs);
    const preview =
      context.wantsPreviews && portrait
        ? () => renderPreview(portrait, latent, step / steps)
        : undefined;
    await context.progress(step, steps, preview);
  }
}
