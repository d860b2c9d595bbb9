import {
  ATTEMPT_TRANSITIONS,
  GENERATION_TRANSITIONS,
  isTerminal,
  SHOT_TRANSITIONS,
  statesBefore,
} from './transitions';

const tables = {
  generation: [GENERATION_TRANSITIONS, 'queued'],
  shot: [SHOT_TRANSITIONS, 'queued'],
  attempt: [ATTEMPT_TRANSITIONS, 'claimed'],
} as const;

describe.each(Object.entries(tables))('%s states', (_name, [table, first]) => {
  const next: Record<string, readonly string[]> = table;

  test('every state is reached from the first', () => {
    const reached = new Set<string>([first]);
    for (const state of reached) next[state]?.forEach((to) => reached.add(to));
    expect([...reached].sort()).toEqual(Object.keys(table).sort());
  });

  test('every state leads to an end', () => {
    const ends = new Set(Object.keys(next).filter((state) => isTerminal(next, state)));
    for (const state of Object.keys(next)) {
      const reached = new Set([state]);
      for (const at of reached) next[at]?.forEach((to) => reached.add(to));
      expect([...reached].some((at) => ends.has(at))).toBe(true);
    }
  });
});

test('the states before a state are those that name it', () => {
  expect(statesBefore(ATTEMPT_TRANSITIONS, 'executed')).toEqual([
    'dispatching',
    'dispatched',
    'started',
  ]);
  expect(statesBefore(SHOT_TRANSITIONS, 'queued')).toEqual(['active']);
});
