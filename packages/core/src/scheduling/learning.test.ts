import { depthFor } from './depth';
import {
  DEFAULT_TIMES,
  learnTimes,
  NOTHING_LEARNED,
  timesFrom,
  type LearnedTimes,
} from './learnedTimes';
import { nextWarmLanes } from './warmLanes';
import { learnWarmSize } from './warmSize';

const TIMES = { runMs: 4000, loadMs: 10_000 };

test('times come from the lane on the instance, else from the lane, else from the defaults', () => {
  const ofLane = { runMs: 2000, loadMs: null };
  expect(timesFrom({ runMs: 1000, loadMs: null }, ofLane)).toEqual({
    runMs: 1000,
    loadMs: DEFAULT_TIMES.loadMs,
  });
  expect(timesFrom(NOTHING_LEARNED, ofLane).runMs).toBe(2000);
  expect(timesFrom(NOTHING_LEARNED, NOTHING_LEARNED)).toEqual(DEFAULT_TIMES);
});

test('runs and loads converge on what is seen', () => {
  let known: LearnedTimes = NOTHING_LEARNED;
  for (let round = 0; round < 40; round += 1) {
    const wasCold = round % 4 === 0;
    const expected = timesFrom(known, NOTHING_LEARNED);
    known = learnTimes(known, expected, { gpuMs: wasCold ? 14_000 : 4000, wasCold });
  }
  expect(known.runMs).toBeCloseTo(4000);
  expect(Math.abs((known.loadMs ?? 0) - 10_000)).toBeLessThan(500);
});

test('one outlier moves an average by less than half', () => {
  const known = learnTimes(TIMES, TIMES, { gpuMs: 4_000_000, wasCold: false });
  expect(known.runMs).toBeLessThan(6000);
});

test('an instance that loads again what it should have keeps fewer lanes, one that still has what it should not keeps more', () => {
  expect(learnWarmSize(3, { gpuMs: 14_000, wasCold: false }, TIMES)).toBe(2);
  expect(learnWarmSize(1, { gpuMs: 14_000, wasCold: false }, TIMES)).toBe(1);
  expect(learnWarmSize(3, { gpuMs: 4000, wasCold: true }, TIMES)).toBe(4);
  expect(learnWarmSize(3, { gpuMs: 4000, wasCold: false }, TIMES)).toBe(3);
  expect(learnWarmSize(3, { gpuMs: 900, wasCold: true }, { runMs: 900, loadMs: 100 })).toBe(3);
});

test('the lane used last is the warmest; lanes without affinity push none out', () => {
  expect(nextWarmLanes(['a', 'b'], 2, 'c')).toEqual(['c', 'a']);
  expect(nextWarmLanes(['a', 'b'], 2, 'b')).toEqual(['b', 'a']);
  expect(nextWarmLanes(['a', 'b'], 2, 'none')).toEqual(['a', 'b']);
  expect(nextWarmLanes(['a', 'b'], 2, 'dynamic')).toEqual(['a', 'b']);
});

test('an instance holds two shots, and more where runs are shorter than the refill, six at most', () => {
  expect(depthFor({ refillMs: 30, runMs: 5000 })).toBe(2);
  expect(depthFor({ refillMs: 30, runMs: 10 })).toBe(4);
  expect(depthFor({ refillMs: 30, runMs: 0 })).toBe(6);
});
