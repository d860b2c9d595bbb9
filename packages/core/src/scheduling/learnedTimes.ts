import type { LaneTimes } from './types';

/** What has been learned about a lane, on one instance or on all. Milliseconds; `null`: not seen yet. */
export interface LearnedTimes {
  runMs: number | null;
  loadMs: number | null;
}

/** An attempt that ran to its end. */
export interface FinishedRun {
  gpuMs: number;
  /** The instance was expected to load the models for it. */
  wasCold: boolean;
}

export const DEFAULT_TIMES: LaneTimes = { runMs: 10_000, loadMs: 15_000 };
export const NOTHING_LEARNED: LearnedTimes = { runMs: null, loadMs: null };

/** Weight of a new sample. */
const WEIGHT = 0.2;
/** A sample counts as at most so many times the average, or as that part of it: one outlier does not carry it away. */
const MOST = 3;

/** The times to reckon with: of the lane on this instance, else of the lane, else the defaults. */
export function timesFrom(onInstance: LearnedTimes, ofLane: LearnedTimes): LaneTimes {
  return {
    runMs: onInstance.runMs ?? ofLane.runMs ?? DEFAULT_TIMES.runMs,
    loadMs: onInstance.loadMs ?? ofLane.loadMs ?? DEFAULT_TIMES.loadMs,
  };
}

/**
 * What is known after one more run: exponential moving averages that outliers cannot carry away.
 * @param expected The times that were reckoned with before the run.
 */
export function learnTimes(
  known: LearnedTimes,
  expected: LaneTimes,
  { gpuMs, wasCold }: FinishedRun,
): LearnedTimes {
  if (!wasCold) return { ...known, runMs: average(known.runMs, gpuMs) };
  // Of a cold run only the sum is seen. The run is taken as expected, but for no more than its usual part of the whole.
  const share = expected.runMs / (expected.runMs + expected.loadMs);
  const runMs = known.runMs ?? Math.min(expected.runMs, gpuMs * share);
  return { ...known, loadMs: average(known.loadMs, Math.max(0, gpuMs - runMs)) };
}

/** Whether a run took so long that the models must have been loaded. */
export function looksCold(gpuMs: number, times: LaneTimes): boolean {
  return gpuMs > times.runMs + 0.7 * times.loadMs;
}

/** Whether a run was so short that the models must have been there. */
export function looksWarm(gpuMs: number, times: LaneTimes): boolean {
  return gpuMs < times.runMs + 0.3 * times.loadMs;
}

function average(known: number | null, sample: number): number {
  if (known === null || known === 0) return sample;
  const tamed = Math.min(known * MOST, Math.max(known / MOST, sample));
  return known + WEIGHT * (tamed - known);
}
