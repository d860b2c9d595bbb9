import { ATTEMPT_TRANSITIONS, type AttemptState } from '@avatarforge/core';
import {
  endAttempt,
  markDispatched,
  markDispatching,
  markExecuted,
  markStarted,
} from './attemptRepository';
import type { Database } from './database';
import { storeAttempt } from './finalizeRepository';
import { givenAttempt, givenDatabase, givenUser } from './fixtures/givenPool';

let db: Database;
let ownerId: string;

beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
});

interface Target {
  id: string;
  epoch: string;
}

/** The statement that enters each state, answering whether it did. */
const STATEMENTS: Record<Exclude<AttemptState, 'claimed'>, (to: Target) => Promise<boolean>> = {
  dispatching: ({ id, epoch }) => markDispatching(db, id, epoch),
  dispatched: ({ id, epoch }) => markDispatched(db, id, epoch),
  started: ({ id, epoch }) => markStarted(db, id, epoch),
  executed: ({ id, epoch }) => markExecuted(db, { id, epoch, manifest: [], gpuMs: null }),
  stored: async ({ id }) => (await storeAttempt(db, { attemptId: id, outputs: [] })) !== null,
  ended: async ({ id, epoch }) => (await endAttempt(db, { id, epoch, reason: 'evicted' })) !== null,
};

const states = Object.keys(ATTEMPT_TRANSITIONS) as AttemptState[];
const steps = states.flatMap((from) =>
  Object.keys(STATEMENTS).map((to) => [from, to as keyof typeof STATEMENTS] as const),
);

async function givenState(from: AttemptState): Promise<Target> {
  const { attempt, lease } = await givenAttempt(db, { ownerId });
  await db.query('UPDATE attempts SET state = $2 WHERE id = $1', [attempt.attemptId, from]);
  return { id: attempt.attemptId, epoch: lease.epoch };
}

async function stateOf(id: string): Promise<AttemptState | undefined> {
  const [row] = await db.query<{ state: AttemptState }>(
    'SELECT state FROM attempts WHERE id = $1',
    [id],
  );
  return row?.state;
}

test.each(steps)(
  'an attempt goes from %s to %s exactly when the table says so',
  async (from, to) => {
    const target = await givenState(from);
    const table: Record<string, readonly string[]> = ATTEMPT_TRANSITIONS;
    const isAllowed = table[from]?.includes(to) ?? false;

    expect(await STATEMENTS[to](target)).toBe(isAllowed);
    expect(await stateOf(target.id)).toBe(isAllowed ? to : from);
  },
);

const driven = Object.keys(STATEMENTS).filter(
  (to) => to !== 'stored',
) as (keyof typeof STATEMENTS)[];

test.each(driven)('a driver that lost its lease cannot enter %s', async (to) => {
  const table: Record<string, readonly string[]> = ATTEMPT_TRANSITIONS;
  const from = states.find((state) => table[state]?.includes(to));
  const target = await givenState(from!);
  const late = { ...target, epoch: String(Number(target.epoch) - 1) };

  expect(await STATEMENTS[to](late)).toBe(false);
  expect(await stateOf(target.id)).toBe(from);
});
