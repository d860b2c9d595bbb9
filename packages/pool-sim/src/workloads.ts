import { randomFrom, type Random } from './random';
import type { SimInstance, TraceShot, Workload } from './trace';

/** Models and pool of a workload. Milliseconds. */
export interface Mix {
  models: number;
  instances: number;
  /** Lanes that an instance keeps in memory; 1 unless given. */
  warmSize?: number;
  /** Owners that share the work evenly; 1 unless given. */
  owners?: number;
  runMs: readonly [least: number, most: number];
  loadMs: readonly [least: number, most: number];
}

/** The mix of the published figures: 8 models by Zipf's law, 4 instances that keep one each, load 5–20 s, run 3–10 s. */
export const MODEL_MIX: Mix = {
  models: 8,
  instances: 4,
  owners: 4,
  runMs: [3_000, 10_000],
  loadMs: [5_000, 20_000],
};

/** A run differs from the next of its lane by up to this part. */
const RUN_SPREAD = 0.1;

/** Models of a mix: how often each is asked for, and how long its runs take. */
interface Models {
  lanes: string[];
  weights: number[];
  runMs: number[];
  loadMs: number[];
}

/** `count` shots, all at once: a millisecond apart, so that they have an order. */
export function burst(mix: Mix, count: number, seed: number): Workload {
  const random = randomFrom(seed);
  const models = modelsOf(mix, random);
  const shots = Array.from({ length: count }, (_, index) => drawShot(index, mix, models, random));
  return workloadOf(mix, models, shots);
}

/** Shots that come independently of one another (Poisson), for `load` of the pool's time, loading not counted. */
export function steady(mix: Mix, count: number, load: number, seed: number): Workload {
  return arriving(mix, count, () => load, seed);
}

/** As {@link steady}, with a load that swings between `least` and `most` once in `periodMs`. */
export function diurnal(
  mix: Mix,
  count: number,
  swing: { least: number; most: number; periodMs: number },
  seed: number,
): Workload {
  const middle = (swing.least + swing.most) / 2;
  const loadAt = (atMs: number): number =>
    middle - (swing.most - middle) * Math.cos((2 * Math.PI * atMs) / swing.periodMs);
  return arriving(mix, count, loadAt, seed);
}

/** The shots of both, each in its own right. Lanes, pool and loads are those of the first: draw both from one mix and seed. */
export function together(a: Workload, b: Workload): Workload {
  const shots = [...a.shots, ...b.shots].sort((x, y) => x.arrivalMs - y.arrivalMs);
  return { ...a, shots };
}

/** The same work, all of one owner. */
export function ownedBy(owner: string, workload: Workload): Workload {
  return { ...workload, shots: workload.shots.map((shot) => ({ ...shot, owner })) };
}

function arriving(
  mix: Mix,
  count: number,
  loadAt: (atMs: number) => number,
  seed: number,
): Workload {
  const random = randomFrom(seed);
  const models = modelsOf(mix, random);
  const total = models.weights.reduce((sum, weight) => sum + weight, 0);
  const meanRunMs = models.runMs.reduce(
    (sum, runMs, index) => sum + (runMs * (models.weights[index] ?? 0)) / total,
    0,
  );
  let atMs = 0;
  const shots = Array.from({ length: count }, () => {
    atMs += random.exponential(meanRunMs / (mix.instances * loadAt(atMs)));
    return drawShot(Math.round(atMs), mix, models, random);
  });
  return workloadOf(mix, models, shots);
}

function modelsOf({ models, runMs, loadMs }: Mix, random: Random): Models {
  const numbers = Array.from({ length: models }, (_, index) => index + 1);
  return {
    lanes: numbers.map((number) => `model-${number}`),
    weights: numbers.map((number) => 1 / number),
    runMs: numbers.map(() => random.between(...runMs)),
    loadMs: numbers.map(() => Math.round(random.between(...loadMs))),
  };
}

function drawShot(arrivalMs: number, mix: Mix, models: Models, random: Random): TraceShot {
  const model = random.weighted(models.weights);
  const spread = 1 + random.between(-RUN_SPREAD, RUN_SPREAD);
  return {
    arrivalMs,
    owner: `owner-${1 + Math.floor(random.next() * (mix.owners ?? 1))}`,
    lane: models.lanes[model] ?? '',
    runMs: Math.round((models.runMs[model] ?? 0) * spread),
  };
}

function workloadOf(mix: Mix, models: Models, shots: TraceShot[]): Workload {
  const instances = Array.from({ length: mix.instances }, (_, index): SimInstance => ({
    id: `instance-${index + 1}`,
    speed: 1,
    warmSize: mix.warmSize ?? 1,
  }));
  const loadMs = Object.fromEntries(
    models.lanes.map((lane, index) => [lane, models.loadMs[index] ?? 0]),
  );
  return { shots, instances, loadMs };
}
