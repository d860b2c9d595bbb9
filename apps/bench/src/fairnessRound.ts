import {
  burst,
  consumedGapMs,
  measure,
  ownedBy,
  quantile,
  responseMs,
  simulate,
  steady,
  together,
  type Mix,
  type Outcome,
  type SimOptions,
  type Workload,
} from '@avatarforge/pool-sim';

/** What the light owner asks of the pool. */
const LIGHT_LOAD = 0.05;
/** The light owner stops before the flood is over: all its shots meet it. */
const BESIDE = 0.9;
/** A pool that has run for long. */
export const FAIRNESS_OPTIONS: SimOptions = { knowsTimes: true };

/** What is played in one round. */
export interface FairnessTraces<T> {
  /** Of two owners, all at once. */
  backlogs: T;
  /** A light owner's. */
  alone: T;
  /** The same beside a flood. */
  beside: T;
  /** The same as if all were one owner's. */
  blind: T;
}

/** A trace, and what became of its shots. */
export interface Played {
  trace: Workload;
  outcomes: readonly Outcome[];
}

/** The traces of a round. */
export function fairnessTraces(
  mix: Mix,
  { shots, seed }: { shots: number; seed: number },
): FairnessTraces<Workload> {
  const flood = ownedBy('flood', burst(mix, shots, seed));
  const floodMs = measure(flood, simulate(flood, FAIRNESS_OPTIONS)).makespanMs;
  const asked = ownedBy('light', steady(mix, shots, LIGHT_LOAD, seed));
  const inTime = asked.shots.filter(({ arrivalMs }) => arrivalMs < BESIDE * floodMs);
  const alone = { ...asked, shots: inTime };
  const beside = together(flood, alone);
  const byTurns = flood.shots.map((shot, index) => ({ ...shot, owner: index % 2 ? 'a' : 'b' }));
  return {
    backlogs: { ...flood, shots: byTurns },
    ...{ alone, beside, blind: ownedBy('all', beside) },
  };
}

/** Does the same with each trace of a round. */
export function ofEach<A, B>(
  { backlogs, alone, beside, blind }: FairnessTraces<A>,
  map: (one: A, name: keyof FairnessTraces<A>) => B,
): FairnessTraces<B> {
  return {
    backlogs: map(backlogs, 'backlogs'),
    alone: map(alone, 'alone'),
    beside: map(beside, 'beside'),
    blind: map(blind, 'blind'),
  };
}

/** The figures of one round, under the names that they are published by. */
export function judgeFairness({ backlogs, alone, beside, blind }: FairnessTraces<Played>) {
  const longestRunMs = Math.max(...backlogs.trace.shots.map(({ runMs }) => runMs));
  const lightRatio = (part: number) => lightMs(beside, part) / lightMs(alone, part);
  return {
    max_service_gap_runs: consumedGapMs(backlogs.outcomes, ['a', 'b']) / longestRunMs,
    light_p99_ratio: lightRatio(0.99),
    throughput_cost_share: toLowerBound(beside) / toLowerBound(blind) - 1,
    light_p50_ratio: lightRatio(0.5),
    light_shots: alone.outcomes.length,
  };
}

/** From submit to result, milliseconds. */
function lightMs({ outcomes }: Played, part: number): number {
  const light = outcomes.filter(({ shot }) => shot.owner === 'light');
  return quantile(light.map(responseMs), part);
}

/** By it, runs that take longer on a busy machine are no cost of fairness. */
function toLowerBound({ trace, outcomes }: Played): number {
  const { makespanMs, lowerBoundMs } = measure(trace, outcomes);
  return makespanMs / lowerBoundMs;
}
