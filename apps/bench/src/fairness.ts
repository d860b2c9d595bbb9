import {
  burst,
  consumedGapMs,
  measure,
  median,
  MODEL_MIX,
  ownedBy,
  quantile,
  responseMs,
  simulate,
  steady,
  together,
  type Mix,
  type SimOptions,
  type Workload,
} from '@avatarforge/pool-sim';
import type { Bench, BenchResult, Figure } from './bench';

const FLOOD_SHOTS = 1000;
/** What the light owner asks of the pool. */
const LIGHT_LOAD = 0.05;
const OPTIONS: SimOptions = { knowsTimes: true };

/** Fairness between two owners, and what a flood costs a light one. */
export const fairness: Bench = {
  name: 'fairness',
  about:
    'Simulated: two owners with a backlog each, and a light owner (5 % load) next to a flood of 1000 shots, on 4 instances; medians over seeds.',
  run: ({ isQuick }): BenchResult => {
    const seeds = Array.from({ length: isQuick ? 3 : 10 }, (_, index) => index + 1);
    const figures = (mix: Mix, hasTargets: boolean): Figure[] =>
      figuresOf(
        seeds.map((seed) => round(mix, seed)),
        hasTargets,
      );
    return {
      one_lane: figures({ ...MODEL_MIX, owners: 1, models: 1 }, true),
      mix_3_kept_warm: figures({ ...MODEL_MIX, owners: 1, warmSize: 3 }, false),
      mix_1_kept_warm: figures({ ...MODEL_MIX, owners: 1 }, false),
    };
  },
};

interface Round {
  gapRuns: number;
  lightRatio: number;
  cost: number;
}

function figuresOf(rounds: readonly Round[], hasTargets: boolean): Figure[] {
  const row = (name: string, pick: (round: Round) => number, atMost: number): Figure => ({
    name,
    measured: median(rounds.map(pick)),
    ...(hasTargets && { target: { atMost } }),
  });
  return [
    row('max_service_gap_runs', ({ gapRuns }) => gapRuns, 2),
    row('light_p99_ratio', ({ lightRatio }) => lightRatio, 1.5),
    row('throughput_cost_share', ({ cost }) => cost, 0.05),
  ];
}

function round(mix: Mix, seed: number): Round {
  const flood = ownedBy('flood', burst(mix, FLOOD_SHOTS, seed));
  const floodMs = measure(flood, simulate(flood, OPTIONS)).makespanMs;
  const light = lightBeside(mix, floodMs, seed);
  const both = together(flood, light);
  const outcomes = simulate(both, OPTIONS);
  const oneOwner = ownedBy('all', both);
  const p99 = (all: typeof outcomes): number =>
    quantile(all.filter(({ shot }) => shot.owner === 'light').map(responseMs), 0.99);
  const blindMs = measure(oneOwner, simulate(oneOwner, OPTIONS)).makespanMs;
  return {
    gapRuns: serviceGapRuns(flood),
    lightRatio: p99(outcomes) / p99(simulate(light, OPTIONS)),
    cost: measure(both, outcomes).makespanMs / blindMs - 1,
  };
}

/** A light owner's shots for as long as the flood lasts. */
function lightBeside(mix: Mix, floodMs: number, seed: number): Workload {
  const light = ownedBy('light', steady(mix, FLOOD_SHOTS, LIGHT_LOAD, seed));
  const shots = light.shots.filter(({ arrivalMs }) => arrivalMs < 0.9 * floodMs);
  return { ...light, shots };
}

/** The flood, of two owners by turns: how far apart they get, in longest runs. */
function serviceGapRuns(flood: Workload): number {
  const shots = flood.shots.map((shot, index) => ({ ...shot, owner: index % 2 ? 'a' : 'b' }));
  const outcomes = simulate({ ...flood, shots }, OPTIONS);
  return consumedGapMs(outcomes, ['a', 'b']) / Math.max(...shots.map(({ runMs }) => runMs));
}
