import { measure, MODEL_MIX, simulate, type Mix, type Workload } from '@avatarforge/pool-sim';
import { createReleasers } from '@avatarforge/runtime';
import type { Bench, BenchResult, Figure, Target } from './bench';
import {
  FAIRNESS_OPTIONS,
  fairnessTraces,
  judgeFairness,
  ofEach,
  type FairnessTraces,
  type Played,
} from './fairnessRound';
import { mediansOver } from './mediansOver';
import { playTrace } from './playTrace';
import type { Round } from './rounds';
import { scaledTrace, withRunsOf } from './scaledTrace';
import { startTracePool, type TracePool } from './tracePool';

const FLOOD_SHOTS = 1000;
/** On the running system: how many times shorter all times are, and how many shots the flood has. */
const LIVE = { by: 50, rounds: 3, shots: FLOOD_SHOTS };
const QUICK = { by: 50, rounds: 1, shots: 250 };
const ONE_MODEL: Mix = { ...MODEL_MIX, owners: 1, models: 1 };
const TARGETS: Record<string, Target> = {
  max_service_gap_runs: { atMost: 2 },
  light_p99_ratio: { atMost: 1.5 },
  throughput_cost_share: { atMost: 0.05 },
  live_to_simulated: { atLeast: 0.9, atMost: 1.1 },
};

/** Fairness between two owners, and what a flood costs a light one. */
export const fairness: Bench = {
  name: 'fairness',
  about:
    'Two owners with a backlog each: how far apart they get, in longest runs. A light owner (5 % load) beside a flood of ' +
    `${FLOOD_SHOTS} shots: its time to a result against what it has alone, and what the pool loses. 4 instances. ` +
    `The first three and live: the running system with all times ${LIVE.by} times shorter, one model; same_trace_simulated: the ` +
    'policy simulator on that trace with the run times that were measured; simulated_…: in full time, of the model mix, too. ' +
    'Medians over rounds and seeds.',
  async run({ isQuick }): Promise<BenchResult> {
    const live = await playLive(isQuick ? QUICK : LIVE);
    const seeds = Array.from({ length: isQuick ? 3 : 10 }, (_, index) => index + 1);
    const simulated = async (mix: Mix): Promise<Figure[]> =>
      figuresOf(await mediansOver(seeds, (seed) => simulateRound(mix, seed)));
    return {
      ...live,
      simulated_one_model: withTargets(await simulated(ONE_MODEL)),
      simulated_mix_3_kept_warm: await simulated({ ...MODEL_MIX, owners: 1, warmSize: 3 }),
      simulated_mix_1_kept_warm: await simulated({ ...MODEL_MIX, owners: 1 }),
    };
  },
};

async function playLive({ by, rounds, shots }: typeof LIVE): Promise<BenchResult> {
  const plays = Array.from({ length: rounds }, (_, index) =>
    // Each has a model of its own, and so begins on instances that have nothing in memory.
    ofEach(fairnessTraces(ONE_MODEL, { shots, seed: index + 1 }), (trace, name) =>
      scaledTrace(trace, { by, as: `r${index}-${name}` }),
    ),
  );
  const releasers = createReleasers({ log: { error: () => undefined } });
  try {
    const traces = plays.flatMap((play) => Object.values(play) as Workload[]);
    const pool = await startTracePool(releasers, traces);
    const played: Record<'live' | 'simulated', Round>[] = [];
    for (const play of plays) played.push(await playRound(pool, play));
    return groupsOf(
      await mediansOver(played, ({ live }) => live),
      await mediansOver(played, ({ simulated }) => simulated),
    );
  } finally {
    await releasers.release();
  }
}

async function playRound(pool: TracePool, traces: FairnessTraces<Workload>) {
  const play = async (trace: Workload): Promise<Played> => {
    const outcomes = await playTrace(pool, trace);
    return { trace: withRunsOf(trace, outcomes), outcomes };
  };
  const backlogs = await play(traces.backlogs);
  const alone = await play(traces.alone);
  const beside = await play(traces.beside);
  const blind = await play(traces.blind);
  const live = { backlogs, alone, beside, blind };
  const simulated = ofEach(live, ({ trace }) => simulateTrace(trace));
  const toSimulated = makespanMs(backlogs) / makespanMs(simulated.backlogs);
  return {
    live: { ...judgeFairness(live), live_to_simulated: toSimulated },
    simulated: judgeFairness(simulated),
  };
}

/** What has a target stands for itself. */
function groupsOf(live: Round, simulated: Round): BenchResult {
  const figures = withTargets(figuresOf(live));
  const alone = figures.filter(({ target }) => target);
  return {
    ...Object.fromEntries(alone.map((figure) => [figure.name, { ...figure, name: '' }])),
    live: figures.filter(({ target }) => !target),
    same_trace_simulated: figuresOf(simulated),
  };
}

function simulateRound(mix: Mix, seed: number): Round {
  const traces = fairnessTraces(mix, { shots: FLOOD_SHOTS, seed });
  return judgeFairness(ofEach(traces, simulateTrace));
}

function simulateTrace(trace: Workload): Played {
  return { trace, outcomes: simulate(trace, FAIRNESS_OPTIONS) };
}

const makespanMs = ({ trace, outcomes }: Played): number => measure(trace, outcomes).makespanMs;

const figuresOf = (round: Round): Figure[] =>
  Object.entries(round).map(([name, measured]) => ({ name, measured }));

const withTargets = (figures: Figure[]): Figure[] =>
  figures.map((figure) => {
    const target = TARGETS[figure.name];
    return { ...figure, ...(target && { target }) };
  });
