import { looksCold, looksWarm, type FinishedRun } from './learnedTimes';
import type { LaneTimes } from './types';

/** More lanes than this are never expected to stay in memory. */
const MOST_WARM = 8;

/**
 * How many lanes an instance keeps, after one more run: one fewer when models that should have been there were loaded again,
 * one more when models that should have been gone were still there. A lane that loads about as fast as it runs says nothing.
 */
export function learnWarmSize(warmSize: number, run: FinishedRun, times: LaneTimes): number {
  if (times.loadMs < times.runMs / 2) return warmSize;
  if (!run.wasCold && looksCold(run.gpuMs, times)) return Math.max(1, warmSize - 1);
  if (run.wasCold && looksWarm(run.gpuMs, times)) return Math.min(MOST_WARM, warmSize + 1);
  return warmSize;
}
