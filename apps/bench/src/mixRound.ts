import { DEFAULT_SCHEDULING, patienceMs } from '@avatarforge/core';
import {
  measure,
  MODEL_MIX,
  quantile,
  waitMs,
  type Outcome,
  type Workload,
} from '@avatarforge/pool-sim';

/** What came of the shots of a workload under the policy, and under FIFO. */
interface Played {
  ours: readonly Outcome[];
  fifo: readonly Outcome[];
}

/** The figures of one round of the model mix, under the names that they are published by. */
export function judgeMix(workload: Workload, { ours, fifo }: Played) {
  const own = measure(workload, ours);
  const other = measure(workload, fifo);
  return {
    ratio_to_lower_bound: own.makespanMs / own.lowerBoundMs,
    loads_saved_share: 1 - own.loads / other.loads,
    speedup_vs_fifo: other.makespanMs / own.makespanMs,
    wait_p99_ratio_to_fifo: waitP99(ours) / waitP99(fifo),
  };
}

/** How far the running system is from the policy simulator that played the same trace with the same run times. */
export function compareToSimulated(
  workload: Workload,
  { live, simulated }: Record<'live' | 'simulated', readonly Outcome[]>,
) {
  const [ours, theirs] = [measure(workload, live), measure(workload, simulated)];
  return {
    live_to_simulated: ours.makespanMs / theirs.makespanMs,
    makespan_s: ours.makespanMs / 1000,
    makespan_s_simulated: theirs.makespanMs / 1000,
    loads: ours.loads,
    loads_simulated: theirs.loads,
    ratio_to_lower_bound_simulated: theirs.makespanMs / theirs.lowerBoundMs,
    wait_p99_s: waitP99(live) / 1000,
    wait_p99_s_simulated: waitP99(simulated) / 1000,
  };
}

/** Waits as parts of what a shot waits at most while it is the only impatient one: patience, one run and one load. */
export function judgeWaits({ loadMs }: Workload, outcomes: readonly Outcome[]) {
  const [, longestRunMs] = MODEL_MIX.runMs;
  const parts = outcomes.map((outcome) => {
    const load = loadMs[outcome.shot.lane] ?? 0;
    return waitMs(outcome) / (patienceMs(load, DEFAULT_SCHEDULING) + longestRunMs + load);
  });
  return {
    longest_wait_to_bound: Math.max(...parts),
    waits_over_bound_share: parts.filter((part) => part > 1).length / parts.length,
  };
}

const waitP99 = (outcomes: readonly Outcome[]): number => quantile(outcomes.map(waitMs), 0.99);
