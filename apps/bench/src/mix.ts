import { DEFAULT_SCHEDULING, patienceMs } from '@avatarforge/core';
import {
  burst,
  measure,
  median,
  MODEL_MIX,
  oldestFirst,
  quantile,
  simulate,
  steady,
  waitMs,
  type Outcome,
  type Workload,
} from '@avatarforge/pool-sim';
import type { Bench, BenchResult, Figure } from './bench';

const BURST_SHOTS = 600;
/** FIFO falls behind without end at this load, so that its waits grow with the length of the run. */
const STEADY_SHOTS = 2000;
const STEADY_LOAD = 0.9;

/** Both policies on one workload. */
interface Round {
  speedup: number;
  loadsSaved: number;
  toLowerBound: number;
  waitP99: number;
  waitMost: number;
  lateShare: number;
}

/** The rows "model mix" of the targets. */
export const mix: Bench = {
  name: 'mix',
  about:
    'Simulated: 8 models by Zipf 1 on 4 instances that keep one each, against FIFO with late binding; medians over seeds.',
  run: ({ isQuick }): BenchResult => {
    const seeds = Array.from({ length: isQuick ? 3 : 15 }, (_, index) => index + 1);
    const bursts = (owners: number): Round[] =>
      seeds.map((seed) => compare(burst({ ...MODEL_MIX, owners }, BURST_SHOTS, seed)));
    const steadies = (owners: number): Round[] =>
      seeds.map((seed) =>
        compare(steady({ ...MODEL_MIX, owners }, STEADY_SHOTS, STEADY_LOAD, seed)),
      );
    return {
      burst: burstFigures(bursts(1)),
      burst_4_owners: burstFigures(bursts(4)),
      steady: steadyFigures(steadies(1)),
      steady_4_owners: steadyFigures(steadies(4)),
    };
  },
};

function burstFigures(rounds: readonly Round[]): Figure[] {
  return [
    figure('ratio_to_lower_bound', rounds, ({ toLowerBound }) => toLowerBound, { atMost: 1.05 }),
    figure('loads_saved_share', rounds, ({ loadsSaved }) => loadsSaved, { atLeast: 0.94 }),
    figure('speedup_vs_fifo', rounds, ({ speedup }) => speedup),
    figure('wait_p99_ratio_to_fifo', rounds, ({ waitP99 }) => waitP99),
  ];
}

function steadyFigures(rounds: readonly Round[]): Figure[] {
  return [
    figure('loads_saved_share', rounds, ({ loadsSaved }) => loadsSaved, { atLeast: 0.85 }),
    figure('wait_p99_ratio_to_fifo', rounds, ({ waitP99 }) => waitP99, { atMost: 0.15 }),
    figure('longest_wait_to_bound', rounds, ({ waitMost }) => waitMost, { atMost: 1 }),
    figure('waits_over_bound_share', rounds, ({ lateShare }) => lateShare),
    figure('speedup_vs_fifo', rounds, ({ speedup }) => speedup),
    figure('ratio_to_lower_bound', rounds, ({ toLowerBound }) => toLowerBound),
  ];
}

function figure(
  name: string,
  rounds: readonly Round[],
  pick: (round: Round) => number,
  target?: Figure['target'],
): Figure {
  return { name, measured: median(rounds.map(pick)), ...(target && { target }) };
}

function compare(workload: Workload): Round {
  const outcomes = simulate(workload);
  const fifoOutcomes = simulate(workload, { policy: oldestFirst });
  const ours = measure(workload, outcomes);
  const fifo = measure(workload, fifoOutcomes);
  const p99 = (all: readonly Outcome[]): number => quantile(all.map(waitMs), 0.99);
  const toBound = outcomes.map((outcome) => waitMs(outcome) / waitBoundMs(workload, outcome));
  return {
    speedup: fifo.makespanMs / ours.makespanMs,
    loadsSaved: 1 - ours.loads / fifo.loads,
    toLowerBound: ours.makespanMs / ours.lowerBoundMs,
    waitP99: p99(outcomes) / p99(fifoOutcomes),
    waitMost: Math.max(...toBound),
    lateShare: toBound.filter((share) => share > 1).length / toBound.length,
  };
}

/** Patience, one run and one load: what a shot waits at most while it is the only impatient one. */
function waitBoundMs({ loadMs }: Workload, { shot }: Outcome): number {
  const load = loadMs[shot.lane] ?? 0;
  const [, longestRunMs] = MODEL_MIX.runMs;
  return patienceMs(load, DEFAULT_SCHEDULING) + longestRunMs + load;
}
