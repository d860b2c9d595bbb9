import {
  learnTimes,
  NOTHING_LEARNED,
  timesFrom,
  type FinishedRun,
  type LaneTimes,
  type LearnedTimes,
} from '@avatarforge/core';
import type { Workload } from './trace';

/** What the simulated pool has learned about its lanes, as production does. */
export class Memory {
  readonly #learned: Map<string, LearnedTimes>;

  /** `known`: what was learned before, by lane. */
  constructor(known: ReadonlyMap<string, LearnedTimes> = new Map()) {
    this.#learned = new Map(known);
  }

  readonly times = (lane: string, instanceId: string): LaneTimes =>
    timesFrom(this.#get(keyOf(lane, instanceId)), this.#get(lane));

  learn(lane: string, instanceId: string, run: FinishedRun): void {
    const expected = this.times(lane, instanceId);
    for (const key of [lane, keyOf(lane, instanceId)]) {
      this.#learned.set(key, learnTimes(this.#get(key), expected, run));
    }
  }

  #get(key: string): LearnedTimes {
    return this.#learned.get(key) ?? NOTHING_LEARNED;
  }
}

const keyOf = (lane: string, instanceId: string): string => `${lane}\n${instanceId}`;

/** What a pool has learned that has run such a workload for long. */
export function timesOf({ shots, loadMs }: Workload): Map<string, LearnedTimes> {
  const totals = new Map<string, { count: number; runMs: number }>();
  for (const { lane, runMs } of shots) {
    const total = totals.get(lane) ?? { count: 0, runMs: 0 };
    totals.set(lane, { count: total.count + 1, runMs: total.runMs + runMs });
  }
  return new Map(
    [...totals].map(([lane, { count, runMs }]) => [
      lane,
      { runMs: runMs / count, loadMs: loadMs[lane] ?? 0 },
    ]),
  );
}
