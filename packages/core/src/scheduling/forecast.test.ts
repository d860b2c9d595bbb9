import { forecast, learnBias, shotForecast, type PoolState } from './forecast';
import { DEFAULT_SCHEDULING } from './settings';
import type { InstanceView, Line } from './types';

const instance = (id: string, more: Partial<InstanceView> = {}): InstanceView => ({
  id,
  warmLanes: ['a'],
  warmSize: 1,
  busyMs: 0,
  canRun: (requirement) => requirement !== 'impossible',
  ...more,
});

const line = (lane: string, ownerId: string, waiting: number): Line => ({
  requirement: lane,
  lane,
  ownerId,
  waiting,
  priority: 0,
  oldestMs: 0,
});

const pool = (instances: InstanceView[], lines: Line[]): PoolState => ({
  instances,
  backlog: {
    lines,
    requirements: lines,
    accounts: lines.map(({ ownerId }) => ({ ownerId, weight: 1, servedMs: 0 })),
    virtualTimeMs: 0,
  },
  times: () => ({ runMs: 1000, loadMs: 5000 }),
  settings: DEFAULT_SCHEDULING,
});

test('one line on one instance is run through one by one, after what the instance holds', () => {
  const [only] = forecast(pool([instance('i', { busyMs: 500 })], [line('a', 'x', 5)]));
  expect(only && shotForecast(only, 1)).toEqual({ queuePosition: 0, startMs: 500, endMs: 1500 });
  expect(only && shotForecast(only, 5)).toEqual({ queuePosition: 4, startMs: 4500, endMs: 5500 });
});

test('owners take turns, so that each waits for the other', () => {
  const [, second] = forecast(pool([instance('i')], [line('a', 'x', 5), line('a', 'y', 5)]));
  expect(second && shotForecast(second, 5)).toMatchObject({ queuePosition: 9, startMs: 9000 });
});

test('a cold lane comes after the warm one and is loaded first', () => {
  const [, cold] = forecast(pool([instance('i')], [line('a', 'x', 4), line('b', 'x', 2)]));
  expect(cold && shotForecast(cold, 2)).toMatchObject({ queuePosition: 5, startMs: 10_000 });
});

test('what no instance can run has no forecast', () => {
  expect(forecast(pool([instance('i')], [line('impossible', 'x', 5)]))).toEqual([]);
  expect(forecast(pool([], [line('a', 'x', 5)]))).toEqual([]);
});

test('a backlog of any length is played through in bounded steps', () => {
  const [only] = forecast(pool([instance('i'), instance('j')], [line('a', 'x', 50_000)]));
  const { startMs } = shotForecast(only!, 50_000);
  expect(startMs / 25_000_000).toBeCloseTo(1, 1);
});

test('the correction settles where half of the shots wait longer than was said', () => {
  let bias = 1;
  for (let shot = 0; shot < 2000; shot += 1) {
    const waitedMs = shot % 2 ? 15_000 : 17_000;
    bias = learnBias(bias, { saidMs: 10_000 * bias, waitedMs });
  }
  expect(bias).toBeGreaterThan(1.45);
  expect(bias).toBeLessThan(1.75);
  expect(learnBias(1, { saidMs: 5, waitedMs: 900 })).toBe(1);
});
