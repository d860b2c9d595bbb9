import type { Graph } from '@avatarforge/core';

const SIDE = 64;

/** The checkpoint that a lane of a trace needs. */
export const checkpointOf = (lane: string): string => `${lane}.safetensors`;

/** A small picture by the lane's checkpoint, which takes `runMs` by waiting; drawing it takes next to nothing. */
export function toGraph(lane: string, { runMs, seed }: { runMs: number; seed: number }): Graph {
  const text = (words: string) => ({
    class_type: 'CLIPTextEncode',
    inputs: { text: words, clip: ['model', 1] },
  });
  const size = { width: SIDE, height: SIDE, batch_size: 1 };
  const links = { positive: ['yes', 0], negative: ['no', 0], latent_image: ['empty', 0] };
  const sampling = { steps: 1, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 };
  const waiting = { steps: 1, delay: runMs / 1000, seed };
  return {
    model: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpointOf(lane) } },
    yes: text('a warrior'),
    no: text('blurred'),
    empty: { class_type: 'EmptyLatentImage', inputs: size },
    sample: {
      class_type: 'KSampler',
      inputs: { model: ['model', 0], ...links, ...sampling, seed },
    },
    decode: { class_type: 'VAEDecode', inputs: { samples: ['sample', 0], vae: ['model', 2] } },
    wait: { class_type: 'LabSlow', inputs: { image: ['decode', 0], ...waiting } },
    save: { class_type: 'SaveImage', inputs: { images: ['wait', 0], filename_prefix: 'trace' } },
  };
}
