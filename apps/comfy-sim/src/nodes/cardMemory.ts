import { OutOfMemory } from './nodeKind';

const capacityPixels = 64 * 1024 * 1024;

/** Throws OutOfMemory when a batch is larger than the simulated card holds. */
export function assertFits(width: number, height: number, batch: number): void {
  if (width * height * batch > capacityPixels) throw new OutOfMemory();
}
