import { focusOn } from './focus';
import type { InstanceView, RequirementBacklog } from './types';

const instance = (
  canRun: (requirement: string) => boolean,
  warmLanes: string[] = [],
): InstanceView => ({
  ...{ id: 'one', warmLanes, warmSize: 1, busyMs: 0 },
  canRun,
});
const waiting = (count: number): RequirementBacklog[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ requirement: `r${n}`, lane: `l${n}`, waiting: n, oldestMs: count - n },
  }));

test('what an instance cannot run hides nothing from it', () => {
  const focus = focusOn([instance((requirement) => requirement === 'r50')], waiting(100));
  expect(focus).toEqual(['r50']);
});

test('of much, the longest waiting and the longest queues are looked at, and what is in memory', () => {
  const focus = focusOn([instance(() => true, ['l50'])], waiting(100));
  expect(focus).toEqual(['r50', 'r0', 'r1', 'r2', 'r3', 'r99', 'r98', 'r97', 'r96']);
});

test('each instance has its own', () => {
  const pool = [instance((r) => r === 'r1'), instance((r) => r === 'r2')];
  expect(focusOn(pool, waiting(5))).toEqual(['r1', 'r2']);
});
