import { assertFits } from './cardMemory';
import type { LatentFrame } from './latent';
import type { NodeKind } from './nodeKind';

/** A latent has an eighth of the picture's size; what does not divide is cut off. */
export function floorToLatent(pixels: number): number {
  return Math.max(8, Math.floor(pixels / 8) * 8);
}

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
