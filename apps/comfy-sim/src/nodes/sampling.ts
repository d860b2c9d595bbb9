import { composePortrait, type Portrait } from '../drawing/portrait';
import { renderPreview } from '../drawing/renderPortrait';
import { fitMask } from '../pictures/mask';
import type { Latent, LatentFrame } from './latent';
import type { NodeContext } from './nodeKind';
import type { Conditioning, LoadedModel } from './nodeValue';

/** What a sampler node is asked for. */
export interface Sampling {
  readonly model: LoadedModel;
  readonly positive: Conditioning;
  readonly negative: Conditioning;
  readonly latent: Latent;
  readonly seed: number;
  /** Steps to go now. */
  readonly steps: number;
  readonly cfg: number;
  /** Sampler and scheduler. */
  readonly sampler: string;
  /** Share of the whole way that these steps are, from 0 to 1. */
  readonly denoise: number;
}

/** Goes the steps and leaves portraits in the latent. */
export async function sampleLatent(sampling: Sampling, context: NodeContext): Promise<Latent> {
  const { latent, model } = sampling;
  await context.models.use(model.file, context.wait);
  const portraits = latent.frames.map((frame, index) => compose(sampling, frame, index));
  await step(sampling, portraits[0], context);
  const masks = latent.noiseMask ? await fitMask(latent.noiseMask, latent) : [];
  const frames = latent.frames.map((base, index): LatentFrame => {
    const portrait = portraits[index];
    if (!portrait) return base;
    const mask = masks[index] ?? masks[0];
    const keeps = mask !== undefined && base.kind === 'picture';
    return {
      kind: 'portrait',
      portrait,
      ...(keeps ? { kept: { pixels: base.pixels, mask } } : {}),
    };
  });
  return { ...latent, frames };
}

function compose(sampling: Sampling, base: LatentFrame, frame: number): Portrait {
  const { model, positive, negative, seed, steps, denoise } = sampling;
  const patches = [...model.patches, ...positive.patches];
  return composePortrait({
    positive: positive.text,
    negative: negative.text,
    checkpoint: model.file,
    sampler: [sampling.sampler, ...patches].join('/'),
    seed,
    frame,
    steps,
    cfg: positive.guidance ?? sampling.cfg,
    denoise,
    references: [...positive.references, ...model.references],
    ...(positive.poseHint ? { poseHint: positive.poseHint } : {}),
    ...(base.kind === 'picture' && denoise < 1 ? { palette: base.palette } : {}),
    ...(base.kind === 'portrait' && denoise < 1 ? { former: base.portrait } : {}),
  });
}

async function step(
  { steps, latent }: Sampling,
  portrait: Portrait | undefined,
  context: NodeContext,
): Promise<void> {
  for (let done = 1; done <= steps; done += 1) {
    await context.wait(context.stepMs);
    const preview =
      context.wantsPreviews && portrait
        ? () => renderPreview(portrait, latent, done / steps)
        : undefined;
    await context.progress(done, steps, preview);
  }
}
