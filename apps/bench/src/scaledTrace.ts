import type { Outcome, Workload } from '@avatarforge/pool-sim';

/**
 * The same workload in less time, to the millisecond.
 * @param options.by 20 makes a second of 20
 * @param options.as a word of its own before the names of its lanes: no models are shared with another trace
 */
export function scaledTrace(
  { shots, loadMs, ...rest }: Workload,
  { by, as }: { by: number; as: string },
): Workload {
  return {
    ...rest,
    shots: shots.map(({ arrivalMs, lane, runMs, ...shot }) => ({
      ...shot,
      lane: `${as}-${lane}`,
      arrivalMs: arrivalMs / by,
      runMs: Math.round(runMs / by),
    })),
    loadMs: Object.fromEntries(
      Object.entries(loadMs).map(([lane, ms]) => [`${as}-${lane}`, Math.round(ms / by)]),
    ),
  };
}

/** The trace with the times that its runs really took: on a busy machine, timers are late and drawing takes a while. */
export function withRunsOf(trace: Workload, outcomes: readonly Outcome[]): Workload {
  const runs = new Map(
    outcomes.map(({ shot, runningMs, endMs }) => [shot.index, endMs - runningMs]),
  );
  const shots = trace.shots.map((shot, index) => ({
    ...shot,
    runMs: runs.get(index) ?? shot.runMs,
  }));
  return { ...trace, shots };
}
