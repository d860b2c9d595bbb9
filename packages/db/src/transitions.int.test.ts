import {
  ATTEMPT_TRANSITIONS,
  GENERATION_TRANSITIONS,
  type AttemptState,
  type GenerationState,
} from '@avatarforge/core';
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
  executed: async ({ id, epoch }) =>
    (await markExecuted(db, { id, epoch, manifest: [], gpuMs: null })) === 'executed',
  stored: ({ id }) => storeAttempt(db, { attemptId: id, outputs: [] }),
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

type Finish = Exclude<GenerationState, 'queued'>;

/** What brings a generation of one shot into each state, whatever it was before. */
const CAUSES: Record<Finish, { attempt: AttemptState; act: (target: Target) => Promise<unknown> }> =
  {
    processing: { attempt: 'dispatching', act: ({ id, epoch }) => markStarted(db, id, epoch) },
    completed: {
      attempt: 'executed',
      act: ({ id }) => storeAttempt(db, { attemptId: id, outputs: [] }),
    },
    failed: {
      attempt: 'started',
      act: ({ id, epoch }) => endAttempt(db, { id, epoch, reason: 'node_error' }),
    },
    cancelled: {
      attempt: 'started',
      async act({ id, epoch }) {
        await db.query(
          `UPDATE generations SET cancel_requested_at = now()
           WHERE id = (SELECT s.generation_id FROM shots s JOIN attempts a ON a.shot_id = s.id WHERE a.id = $1)`,
          [id],
        );
        await endAttempt(db, { id, epoch, reason: 'evicted' });
      },
    },
  };

const generationSteps = (Object.keys(GENERATION_TRANSITIONS) as GenerationState[]).flatMap((from) =>
  (Object.keys(CAUSES) as Finish[]).map((to) => [from, to] as const),
);

test.each(generationSteps)(
  'a generation goes from %s to %s exactly when the table says so',
  async (from, to) => {
    const table: Record<string, readonly string[]> = GENERATION_TRANSITIONS;
    const { attempt, lease, generationId } = await givenAttempt(db, { ownerId });
    const target = { id: attempt.attemptId, epoch: lease.epoch };
    await db.query('UPDATE attempts SET state = $2 WHERE id = $1', [target.id, CAUSES[to].attempt]);
    await db.query(
      'UPDATE generations SET status = $2, finished_at = CASE WHEN $3 THEN now() END WHERE id = $1',
      [generationId, from, table[from]?.length === 0],
    );

    await CAUSES[to].act(target);

    const [row] = await db.query<{ status: string }>(
      'SELECT status FROM generations WHERE id = $1',
      [generationId],
    );
    expect(row?.status).toBe(table[from]?.includes(to) ? to : from);
  },
);
