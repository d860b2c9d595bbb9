import { assertFits } from './cardMemory';
import { floorToLatent, type LatentFrame } from './latent';
import type { NodeKind } from './nodeKind';

/** EmptyLatentImage and EmptySD3LatentImage. */
export const emptyLatentImage: NodeKind = {
  run(inputs) {
    const width = floorToLatent(inputs.number('width'));
    const height = floorToLatent(inputs.number('height'));
    const batch = inputs.number('batch_size');
    assertFits(width, height, batch);
    const frames = Array.from({ length: batch }, (): LatentFrame => ({ kind: 'empty' }));
    return Promise.resolve({ outputs: [{ kind: 'latent', width, height, frames }] });
  },
};
