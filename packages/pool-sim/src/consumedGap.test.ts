import { consumedGapMs } from './consumedGap';
import type { Outcome } from './machine';

const outcome = (owner: string, runningMs: number, endMs: number): Outcome => ({
  shot: { index: 0, arrivalMs: 0, owner, lane: 'l', runMs: endMs - runningMs },
  ...{ instanceId: 'one', placement: 'warm', wasCold: false, expectedMs: 0 },
  ...{ claimedMs: runningMs, startMs: runningMs, runningMs, endMs },
});

test('owners who take turns get one run apart', () => {
  const turns = [0, 10, 20, 30].map((ms, n) => outcome(n % 2 ? 'b' : 'a', ms, ms + 10));
  expect(consumedGapMs(turns, ['a', 'b'])).toBe(10);
});

test('owners who run side by side get no further apart than their runs differ', () => {
  const beside = [
    outcome('a', 0, 10),
    outcome('b', 0, 7),
    outcome('b', 10, 20),
    outcome('a', 10, 20),
  ];
  expect(consumedGapMs(beside, ['a', 'b'])).toBe(3);
});

test('what is had once the other has nothing waiting does not count', () => {
  const alone = [
    outcome('b', 0, 10),
    outcome('a', 0, 10),
    outcome('a', 20, 90),
    outcome('a', 90, 200),
  ];
  expect(consumedGapMs(alone, ['a', 'b'])).toBe(0);
});
