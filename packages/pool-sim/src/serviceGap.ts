import type { Moment } from './simulate';

/**
 * Watches how far apart the GPU time of two owners grows, divided by their weights, from when both have work waiting: Sheng
 * et al. (arXiv 2401.00588) bound it by twice the largest request. A shot counts when it is claimed, with the time it will
 * really take.
 */
export class ServiceGaps {
  readonly #served = new Map<string, number>();
  /** By how much each pair was apart when both began to wait. */
  readonly #spans = new Map<string, number>();
  /** The widest gap so far, milliseconds. */
  widestMs = 0;

  constructor(readonly weights: Record<string, number> = {}) {}

  /** To be called at every claim, after the shot has left its line. */
  readonly onClaim = ({ shot, room }: Moment): void => {
    const waiting = [...room.owners()].sort();
    const weighted = shot.runMs / (this.weights[shot.owner] ?? 1);
    this.#served.set(shot.owner, (this.#served.get(shot.owner) ?? 0) + weighted);
    const pairs = new Set(
      waiting.flatMap((a) => waiting.flatMap((b) => (a < b ? [`${a}\n${b}`] : []))),
    );
    for (const pair of this.#spans.keys()) if (!pairs.has(pair)) this.#spans.delete(pair);
    for (const pair of pairs) this.#watch(pair);
  };

  #watch(pair: string): void {
    const [a, b] = pair.split('\n').map((owner) => this.#served.get(owner) ?? 0);
    const apart = (a ?? 0) - (b ?? 0);
    const before = this.#spans.get(pair) ?? apart;
    this.#spans.set(pair, before);
    this.widestMs = Math.max(this.widestMs, Math.abs(apart - before));
  }
}
