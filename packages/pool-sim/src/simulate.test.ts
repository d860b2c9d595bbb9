import { measure, median, quantile, responseMs, waitMs } from './measures';
import { oldestFirst } from './policies';
import { simulate } from './simulate';
import { traceFromText, traceToText, type Workload } from './trace';
import { burst, diurnal, MODEL_MIX, steady, together } from './workloads';

const ONE_INSTANCE: Workload = {
  shots: ['a', 'b', 'a', 'b'].map((lane, index) => ({
    arrivalMs: index,
    owner: 'owner',
    lane,
    runMs: 1000,
  })),
  instances: [{ id: 'instance', speed: 1, warmSize: 1 }],
  loadMs: { a: 5000, b: 5000 },
};

test('the policy loads each model once where oldest first loads at every change', () => {
  const ours = measure(ONE_INSTANCE, simulate(ONE_INSTANCE, { depth: 1 }));
  const fifo = measure(ONE_INSTANCE, simulate(ONE_INSTANCE, { depth: 1, policy: oldestFirst }));
  expect([ours.loads, fifo.loads]).toEqual([2, 4]);
  expect([ours.makespanMs, fifo.makespanMs]).toEqual([14_000, 24_000]);
  expect(ours.lowerBoundMs).toBe(14_000);
  expect(fifo.busyShare).toBeCloseTo(4 / 24);
});

test('a wait ends when the shot runs, a response when it is done', () => {
  const [first] = simulate(ONE_INSTANCE);
  expect(first && [waitMs(first), responseMs(first)]).toEqual([5000, 6000]);
});

test('the same seed gives the same workload and the same outcomes', () => {
  const workload = burst(MODEL_MIX, 50, 7);
  expect(burst(MODEL_MIX, 50, 7)).toEqual(workload);
  expect(simulate(workload)).toEqual(simulate(workload));
  expect(burst(MODEL_MIX, 50, 8)).not.toEqual(workload);
});

test('an instance twice as fast needs half the time', () => {
  const fast = { ...ONE_INSTANCE, instances: [{ id: 'fast', speed: 2, warmSize: 2 }] };
  expect(measure(fast, simulate(fast)).makespanMs).toBe(10_000 + 4 * 500);
});

test('shots that no instance can run are left, and the simulation ends', () => {
  const instances = [{ id: 'instance', speed: 1, warmSize: 1, lacks: ['b'] }];
  const outcomes = simulate({ ...ONE_INSTANCE, instances });
  expect(outcomes.map(({ shot }) => shot.lane)).toEqual(['a', 'a']);
});

test('a steady workload has the load it was asked for, a diurnal one swings about its middle', () => {
  const loadOf = ({ shots, instances }: Workload): number =>
    shots.reduce((sum, { runMs }) => sum + runMs, 0) /
    (instances.length * (shots.at(-1)?.arrivalMs ?? 0));
  expect(loadOf(steady(MODEL_MIX, 5000, 0.9, 1))).toBeCloseTo(0.9, 1);
  const swing = { least: 0.2, most: 1, periodMs: 600_000 };
  expect(loadOf(diurnal(MODEL_MIX, 5000, swing, 1))).toBeCloseTo(0.6, 1);
});

test('workloads put together keep the order of arrivals', () => {
  const all = together(steady(MODEL_MIX, 50, 0.5, 1), steady(MODEL_MIX, 50, 0.5, 2));
  const arrivals = all.shots.map(({ arrivalMs }) => arrivalMs);
  expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
});

test('a trace is read back as it was written, and a broken line is named', () => {
  const shots = burst(MODEL_MIX, 20, 3).shots.map((shot) => ({ ...shot, priority: 1 }));
  expect(traceFromText(traceToText(shots))).toEqual(shots);
  expect(() => traceFromText('[1,"a","b",2,0]\n[1,2]')).toThrow('Line 2');
});

test('quantiles are values that occur', () => {
  expect([median([3, 1, 2]), quantile([1, 2, 3, 4], 0.99), median([])]).toEqual([2, 4, 0]);
});
