import { chargeMs, liftMs, nextVirtualTimeMs, weightedServiceMs } from './accounts';

const account = (servedMs: number, weight = 1) => ({ ownerId: 'owner', servedMs, weight });

test('service is divided by the weight and never below the virtual time', () => {
  expect(weightedServiceMs(account(100, 2), 0)).toBe(50);
  expect(weightedServiceMs(account(100, 2), 70)).toBe(70);
});

test('virtual time is the least service among those who wait, and never goes back', () => {
  expect(nextVirtualTimeMs([account(100), account(120, 2)], 10)).toBe(60);
  expect(nextVirtualTimeMs([account(5)], 10)).toBe(10);
  expect(nextVirtualTimeMs([], 10)).toBe(10);
});

test('who comes back is lifted to the virtual time, by weight; who is ahead is not', () => {
  expect(liftMs(account(10, 2), 50)).toBe(90);
  expect(liftMs(account(200), 50)).toBe(0);
});

test('an owner pays the run of what succeeded, of its own failures and of what it cancelled, without the load', () => {
  const ended = { gpuMs: 9000, loadMs: 4000 };
  for (const reason of [null, 'node_error', 'cancelled'] as const) {
    expect(chargeMs({ ...ended, reason })).toBe(5000);
  }
  expect(chargeMs({ reason: null, gpuMs: 3000, loadMs: 4000 })).toBe(0);
});

test('nobody pays for what was our fault or never ran', () => {
  for (const reason of ['released', 'instance_lost', 'evicted', 'outputs_lost'] as const) {
    expect(chargeMs({ reason, gpuMs: 9000, loadMs: 0 })).toBe(0);
  }
});
