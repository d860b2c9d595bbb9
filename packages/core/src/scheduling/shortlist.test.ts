import { shortlist } from './shortlist';
import type { Backlog, Line } from './types';

const line = (n: number): Line => ({
  ...{ requirement: 'r', lane: 'l', ownerId: `owner-${n}`, waiting: 1, priority: 0 },
  oldestMs: n,
});

/** Owner n has had n ms, and waits for n ms. */
const backlogOf = (owners: number): Backlog => ({
  requirements: [{ requirement: 'r', lane: 'l', waiting: owners, oldestMs: owners }],
  lines: Array.from({ length: owners }, (_, n) => line(n)),
  accounts: Array.from({ length: owners }, (_, n) => ({
    ...{ ownerId: `owner-${n}`, weight: 1, servedMs: n },
  })),
  virtualTimeMs: 0,
});

test('a backlog of few owners is kept as it is', () => {
  const backlog = backlogOf(40);
  expect(shortlist(backlog)).toEqual(backlog);
});

test('of many owners, those served least and those who wait longest are kept', () => {
  const kept = shortlist(backlogOf(1000)).lines.map(({ oldestMs }) => oldestMs);
  expect(kept).toHaveLength(40);
  expect(kept.slice(0, 32)).toEqual(Array.from({ length: 32 }, (_, n) => n));
  expect(kept.slice(32)).toEqual([999, 998, 997, 996, 995, 994, 993, 992]);
});
