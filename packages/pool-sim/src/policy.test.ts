import type { Line, Situation } from '@avatarforge/core';
import type { Outcome } from './machine';
import { measure, waitMs } from './measures';
import { randomFrom } from './random';
import { ServiceGaps } from './serviceGap';
import { simulate } from './simulate';
import type { SimInstance, TraceShot, Workload } from './trace';
import { burst, MODEL_MIX, ownedBy, steady } from './workloads';

const SEEDS = 2000;

/** Runs a property for many seeds; a failure names its seed. */
function forSeeds(count: number, property: (seed: number) => void): void {
  for (let seed = 1; seed <= count; seed += 1) {
    try {
      property(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

/** A small workload of any kind: other speeds, models missing, bursts and trickles, owners of different weight. */
function anyWorkload(seed: number): Workload {
  const random = randomFrom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random.next() * most);
  const lanes = ['none', ...Array.from({ length: upTo(5) }, (_, index) => `lane-${index}`)];
  const owners = Array.from({ length: upTo(4) }, (_, index) => `owner-${index}`);
  const instances = Array.from({ length: upTo(4) }, (_, index): SimInstance => ({
    id: `instance-${index}`,
    speed: random.between(0.5, 2),
    warmSize: upTo(3),
    lacks: index === 0 ? [] : lanes.filter(() => random.next() < 0.2),
  }));
  const gapMs = random.next() < 0.4 ? 0 : random.exponential(8000);
  let arrivalMs = 0;
  const shots = Array.from({ length: upTo(40) }, (): TraceShot => {
    arrivalMs += Math.round(random.exponential(gapMs));
    const runMs = Math.round(random.between(100, 12_000));
    const lane = lanes[upTo(lanes.length) - 1]!;
    const owner = owners[upTo(owners.length) - 1]!;
    return { arrivalMs, owner, lane, runMs, priority: upTo(3) };
  });
  const loadMs = Object.fromEntries(
    lanes.map((lane) => [lane, lane === 'none' ? 0 : random.between(1000, 20_000)]),
  );
  const weights = Object.fromEntries(owners.map((owner) => [owner, upTo(4)]));
  return { shots, instances, loadMs, weights };
}

/** An instance may take nothing only where others that have the models take all it could run. */
function leavesAllToOthers({ instance, others, backlog }: Situation): void {
  const isLeft = ({ lane, requirement }: Line): boolean =>
    others.some((other) => other.warmLanes.includes(lane) && other.canRun(requirement));
  const runnable = backlog.lines.filter(({ requirement }) => instance.canRun(requirement));
  if (!runnable.every(isLeft)) throw new Error('An instance idles beside work.');
}

test('every shot is run exactly once and where it can run; none idles beside work that others do not have warm', () => {
  forSeeds(SEEDS, (seed) => {
    const workload = anyWorkload(seed);
    const outcomes = simulate(workload, { depth: 1 + (seed % 2), onIdle: leavesAllToOthers });
    const lacks = new Map(workload.instances.map((instance) => [instance.id, instance.lacks!]));
    expect(new Set(outcomes.map(({ shot }) => shot.index)).size).toBe(outcomes.length);
    expect(outcomes.length).toBe(workload.shots.length);
    expect(
      outcomes.some(({ instanceId, shot }) => lacks.get(instanceId)!.includes(shot.lane)),
    ).toBe(false);
  });
});

test('a small burst takes no longer than the lower bound, a load of every model and the longest run', () => {
  forSeeds(200, (seed) => {
    const workload = { ...ownedBy('a', burst({ ...MODEL_MIX, models: 3 }, 12, seed)), weights: {} };
    const outcomes = simulate(workload, { knowsTimes: true, depth: 1 });
    const { lowerBoundMs, makespanMs } = measure(workload, outcomes);
    const longest = Math.max(...workload.shots.map(({ runMs }) => runMs));
    const loads = Object.values(workload.loadMs).reduce((sum, ms) => sum + ms, 0);
    expect(makespanMs).toBeLessThanOrEqual(lowerBoundMs + loads + longest);
  });
});

test('a burst of many shots takes at most a tenth longer than the lower bound', () => {
  forSeeds(5, (seed) => {
    const workload = burst(MODEL_MIX, 600, seed);
    const { makespanMs, lowerBoundMs } = measure(workload, simulate(workload));
    expect(makespanMs / lowerBoundMs).toBeLessThanOrEqual(1.1);
  });
});

test('owners with work waiting in one lane stay within twice the longest run, by weight', () => {
  forSeeds(150, (seed) => {
    const random = randomFrom(seed);
    const mix = { ...MODEL_MIX, models: 1, owners: 3, instances: 1 + (seed % 4) };
    const drawn = burst(mix, 60, seed);
    const weights = { 'owner-1': 1, 'owner-2': 1 + Math.floor(random.next() * 3), 'owner-3': 2 };
    const runMs = 5000;
    const workload = {
      ...drawn,
      weights,
      shots: drawn.shots.map((shot) => ({ ...shot, arrivalMs: 0, runMs })),
    };
    const gaps = new ServiceGaps(weights);
    simulate(workload, { knowsTimes: true, onClaim: gaps.onClaim });
    expect(gaps.widestMs).toBeLessThanOrEqual(2 * runMs);
  });
});

test('owners whose lanes differ stay within the gap that the settings allow for each instance', () => {
  forSeeds(20, (seed) => {
    const flood = burst({ ...MODEL_MIX, models: 2 }, 300, seed);
    const shots = flood.shots.map((shot) => ({ ...shot, owner: `of-${shot.lane}` }));
    const gaps = new ServiceGaps();
    simulate({ ...flood, shots }, { knowsTimes: true, onClaim: gaps.onClaim });
    const longestLoad = Math.max(...Object.values(flood.loadMs));
    const inFlight = 2 * flood.instances.length * Math.max(...shots.map(({ runMs }) => runMs));
    const most = 2 * longestLoad * flood.instances.length + inFlight;
    expect(gaps.widestMs).toBeLessThanOrEqual(most);
  });
});

/** One shot of a cold lane beside a stream that would keep two instances busy for ever. */
function besideStream(ownerOf: (index: number) => string, seed: number): Outcome {
  const stream = steady({ ...MODEL_MIX, models: 1, instances: 2 }, 400, 1.2, seed);
  const shots = stream.shots.map((shot, index) => ({ ...shot, owner: ownerOf(index) }));
  const cold = { arrivalMs: 60_500, owner: 'cold', lane: 'cold', runMs: 5000 };
  const all = [...shots, cold].sort((a, b) => a.arrivalMs - b.arrivalMs);
  const loadMs = { ...stream.loadMs, cold: 10_000 };
  const outcomes = simulate({ ...stream, shots: all, loadMs }, { knowsTimes: true });
  return outcomes.find(({ shot }) => shot.lane === 'cold')!;
}

test('a cold lane beside the endless stream of one other owner waits no longer than the service gap', () => {
  forSeeds(12, (seed) => {
    // The gap of two loads opens in 20 s of one instance's time; then what both hold, and the load.
    expect(waitMs(besideStream(() => 'stream', seed))).toBeLessThanOrEqual(
      20_000 + 20_000 + 10_000,
    );
  });
});

test('a cold lane beside ever new owners waits for its patience, what is held, and its load', () => {
  forSeeds(4, (seed) => {
    const wait = waitMs(besideStream((index) => `new-${index}`, seed));
    expect(wait).toBeLessThanOrEqual(250_000 + 20_000 + 10_000);
  });
});
