import {
  burst,
  MODEL_MIX,
  oldestFirst,
  simulate,
  steady,
  type Workload,
} from '@avatarforge/pool-sim';
import { createReleasers } from '@avatarforge/runtime';
import type { Bench, BenchResult, Figure, Target } from './bench';
import { mediansOver } from './mediansOver';
import { compareToSimulated, judgeMix, judgeWaits } from './mixRound';
import { playTrace } from './playTrace';
import type { Round } from './rounds';
import { scaledTrace, withRunsOf } from './scaledTrace';
import { startTracePool, type TracePool } from './tracePool';

const STEADY_LOAD = 0.9;
/** FIFO falls behind without end at this load, so that its waits grow with the number of shots. */
const SHOTS = { burst: 600, steady: 2000 };
/** On the running system: how many times shorter all times are, and how many shots. */
const LIVE = { by: 25, rounds: 3, burst: 600, steady: 1000 };
const QUICK = { by: 50, rounds: 1, burst: 400, steady: 400 };

/** One kind of workload, and what is wanted of it. */
interface Scene {
  kind: 'burst' | 'steady';
  owners: number;
}

const SCENES: readonly Scene[] = [
  { kind: 'burst', owners: 1 },
  { kind: 'steady', owners: 1 },
  { kind: 'burst', owners: 4 },
  { kind: 'steady', owners: 4 },
];

const TARGETS: Record<Scene['kind'], Record<string, Target>> = {
  burst: {
    ratio_to_lower_bound: { atMost: 1.05 },
    loads_saved_share: { atLeast: 0.94 },
    live_to_simulated: { atLeast: 0.9, atMost: 1.1 },
  },
  steady: {
    loads_saved_share: { atLeast: 0.85 },
    wait_p99_ratio_to_fifo: { atMost: 0.15 },
    longest_wait_to_bound: { atMost: 1 },
    live_to_simulated: { atLeast: 0.9, atMost: 1.1 },
  },
};

/** The rows "model mix" of the targets. */
export const mix: Bench = {
  name: 'mix',
  about:
    '8 models by Zipf 1 on 4 instances that keep one each, loads of 5–20 s and runs of 3–10 s, against FIFO with late binding. ' +
    `burst, steady: the running system with all times ${LIVE.by} times shorter (quick: ${QUICK.by}); FIFO, and what is called ` +
    'simulated there, by the policy simulator on the same trace with the run times that were measured. simulated_…: the policy ' +
    'simulator in full time. Medians over rounds and seeds.',
  async run({ isQuick }): Promise<BenchResult> {
    const scenes = isQuick ? SCENES.filter(({ owners }) => owners === 1) : SCENES;
    const live = await playScenes(scenes, isQuick ? QUICK : LIVE);
    return { ...live, ...(await simulateScenes(isQuick ? 3 : 15)) };
  },
};

async function playScenes(scenes: readonly Scene[], scale: typeof LIVE): Promise<BenchResult> {
  const plays = scenes.map((scene, n) => ({
    scene,
    traces: Array.from({ length: scale.rounds }, (_, index) => {
      const workload = workloadOf(scene, scale[scene.kind], index + 1);
      return scaledTrace(workload, { by: scale.by, as: `s${n}-r${index}` });
    }),
  }));
  const releasers = createReleasers({ log: { error: () => undefined } });
  try {
    const pool = await startTracePool(
      releasers,
      plays.flatMap(({ traces }) => traces),
    );
    const result: BenchResult = {};
    for (const { scene, traces } of plays) {
      result[groupOf(scene)] = figuresOf(
        scene,
        await mediansOver(traces, (trace) => play(pool, trace)),
      );
    }
    return result;
  } finally {
    await releasers.release();
  }
}

async function play(pool: TracePool, trace: Workload): Promise<Round> {
  const live = await playTrace(pool, trace);
  const measured = withRunsOf(trace, live);
  const fifo = simulate(measured, { policy: oldestFirst });
  const simulated = simulate(measured, { knowsTimes: true });
  return {
    ...judgeMix(measured, { ours: live, fifo }),
    ...compareToSimulated(measured, { live, simulated }),
  };
}

async function simulateScenes(seeds: number): Promise<BenchResult> {
  const result: BenchResult = {};
  for (const scene of SCENES) {
    const workloads = Array.from({ length: seeds }, (_, index) =>
      workloadOf(scene, SHOTS[scene.kind], index + 1),
    );
    const medians = await mediansOver(workloads, (workload) => simulateOne(scene, workload));
    result[`simulated_${groupOf(scene)}`] = figuresOf(scene, medians);
  }
  return result;
}

function simulateOne({ kind }: Scene, workload: Workload): Round {
  const ours = simulate(workload);
  const fifo = simulate(workload, { policy: oldestFirst });
  const round = judgeMix(workload, { ours, fifo });
  return kind === 'burst' ? round : { ...round, ...judgeWaits(workload, ours) };
}

function workloadOf({ kind, owners }: Scene, shots: number, seed: number): Workload {
  const models = { ...MODEL_MIX, owners };
  return kind === 'burst' ? burst(models, shots, seed) : steady(models, shots, STEADY_LOAD, seed);
}

const groupOf = ({ kind, owners }: Scene): string =>
  owners === 1 ? kind : `${kind}_${owners}_owners`;

function figuresOf({ kind }: Scene, round: Round): Figure[] {
  return Object.entries(round).map(([name, measured]) => {
    const target = TARGETS[kind][name];
    return { name, measured, ...(target && { target }) };
  });
}
