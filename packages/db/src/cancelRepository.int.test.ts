import { END_REASONS, newId, type EndReason } from '@avatarforge/core';
import { adoptAttempts, endAttempt, markDispatching, markExecuted } from './attemptRepository';
import { cancelGeneration, findOrders } from './cancelRepository';
import type { Database } from './database';
import { storeAttempt } from './finalizeRepository';
import { findGeneration } from './generationRepository';
import { givenAttempt, givenDatabase, givenGeneration, givenUser } from './fixtures/givenPool';

let db: Database;
let ownerId: string;

beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
});

type Given = Awaited<ReturnType<typeof givenAttempt>>;

const targetOf = ({ attempt, lease }: Given) => ({ id: attempt.attemptId, epoch: lease.epoch });

async function execute(given: Given) {
  const target = targetOf(given);
  await markDispatching(db, target.id, target.epoch);
  return markExecuted(db, { ...target, manifest: [], gpuMs: null });
}

const store = (given: Given) =>
  storeAttempt(db, { attemptId: given.attempt.attemptId, outputs: [] });

const cancel = (generationId: string) => cancelGeneration(db, { id: generationId, ownerId });

const statusOf = async (id: string) => (await findGeneration(db, { id, ownerId }))?.status;

async function shotsOf(generationId: string): Promise<string[]> {
  const rows = await db.query<{ status: string }>(
    'SELECT status FROM shots WHERE generation_id = $1 ORDER BY status',
    [generationId],
  );
  return rows.map((row) => row.status);
}

async function eventsOf(generationId: string): Promise<string[]> {
  const rows = await db.query<{ event: string }>(
    'SELECT event FROM outbox WHERE generation_id = $1 ORDER BY seq',
    [generationId],
  );
  return rows.map((row) => row.event);
}

test('what waits is cancelled at once, and told of once', async () => {
  const { id } = await givenGeneration(db, { ownerId, shots: 2 });
  expect((await Promise.all([cancel(id), cancel(id)])).sort()).toEqual(['cancelled', 'finished']);
  expect(await shotsOf(id)).toEqual(['cancelled', 'cancelled']);
  expect(await eventsOf(id)).toEqual(['generation.queued', 'generation.cancelled']);
});

test('what is being drawn is over when its attempt is', async () => {
  const given = await givenAttempt(db, { ownerId, shots: 3 });
  expect(await cancel(given.generationId)).toBe('requested');
  expect(await cancel(given.generationId)).toBe('requested');
  expect(await shotsOf(given.generationId)).toEqual(['active', 'cancelled', 'cancelled']);
  expect(await statusOf(given.generationId)).toBe('queued');
  await endAttempt(db, { ...targetOf(given), reason: 'cancelled' });
  expect(await statusOf(given.generationId)).toBe('cancelled');
});

test('what is drawn is too late to cancel, what is stored is over', async () => {
  const given = await givenAttempt(db, { ownerId });
  await execute(given);
  expect(await cancel(given.generationId)).toBe('too_late');
  await store(given);
  expect(await cancel(given.generationId)).toBe('finished');
  expect(await statusOf(given.generationId)).toBe('completed');
});

test('what is drawn of a generation is stored, though the rest is cancelled', async () => {
  const given = await givenAttempt(db, { ownerId, shots: 2 });
  await execute(given);
  expect(await cancel(given.generationId)).toBe('requested');
  await store(given);
  expect(await findGeneration(db, { id: given.generationId, ownerId })).toMatchObject({
    status: 'cancelled',
    shotsDone: 1,
  });
});

test('nobody cancels what is not theirs', async () => {
  const { id } = await givenGeneration(db, { ownerId });
  expect(await cancelGeneration(db, { id, ownerId: await givenUser(db) })).toBeNull();
  expect(await cancel(newId())).toBeNull();
  expect(await statusOf(id)).toBe('queued');
});

test('a cancel wins over a GPU that finished first', async () => {
  const given = await givenAttempt(db, { ownerId });
  await cancel(given.generationId);
  expect(await execute(given)).toBe('ended');
  expect(await statusOf(given.generationId)).toBe('cancelled');
  const [attempt] = await db.query('SELECT state, end_reason FROM attempts WHERE id = $1', [
    given.attempt.attemptId,
  ]);
  expect(attempt).toEqual({ state: 'ended', end_reason: 'cancelled' });
  expect(await execute(given)).toBeNull();
});

test.each(Object.keys(END_REASONS) as EndReason[])(
  'a shot that is to be cancelled is not queued again when its attempt ends as %s',
  async (reason) => {
    const given = await givenAttempt(db, { ownerId });
    await cancel(given.generationId);
    expect(await endAttempt(db, { ...targetOf(given), reason })).toBe('cancelled');
    expect(await eventsOf(given.generationId)).toEqual([
      'generation.queued',
      'generation.cancelled',
    ]);
  },
);

test('a cancel at the very moment of the end has one outcome, and tells it', async () => {
  for (let round = 0; round < 50; round += 1) {
    const given = await givenAttempt(db, { ownerId });
    const target = targetOf(given);
    await markDispatching(db, target.id, target.epoch);
    const [outcome] = await Promise.all([
      cancel(given.generationId),
      markExecuted(db, { ...target, manifest: [], gpuMs: null }).then(() => store(given)),
    ]);
    const isCancelled = outcome === 'requested';
    expect([outcome, await statusOf(given.generationId)]).toEqual([
      isCancelled ? outcome : expect.stringMatching(/^(too_late|finished)$/),
      isCancelled ? 'cancelled' : 'completed',
    ]);
  }
});

describe('the worker of an instance', () => {
  const find = ({ workerId, lease }: Given) => findOrders(db, workerId, [lease]);

  test('is told what to stop, until it is over', async () => {
    const given = await givenAttempt(db, { ownerId });
    expect(await find(given)).toEqual([]);
    await cancel(given.generationId);
    const { attemptId } = given.attempt;
    expect(await find(given)).toEqual([
      { instanceId: given.lease.instanceId, attemptId, order: 'cancel' },
    ]);
    await execute(given);
    expect(await find(given)).toEqual([]);
  });

  test('is told to stop what belongs to a generation that another shot has failed', async () => {
    const given = await givenAttempt(db, { ownerId, shots: 2 });
    await db.query(`UPDATE generations SET status = 'failed', finished_at = now() WHERE id = $1`, [
      given.generationId,
    ]);
    expect(await find(given)).toHaveLength(1);
  });

  test('is not told what is drawn already', async () => {
    const given = await givenAttempt(db, { ownerId, shots: 2 });
    await execute(given);
    await cancel(given.generationId);
    expect(await find(given)).toEqual([]);
  });

  test('is told nothing once it lost the instance', async () => {
    const given = await givenAttempt(db, { ownerId });
    await cancel(given.generationId);
    expect(await find({ ...given, workerId: newId() })).toEqual([]);
    const late = { ...given.lease, epoch: String(Number(given.lease.epoch) - 1) };
    expect(await find({ ...given, lease: late })).toEqual([]);
  });

  test('finds out when it adopts what is to be stopped', async () => {
    const given = await givenAttempt(db, { ownerId });
    await cancel(given.generationId);
    expect(await adoptAttempts(db, given.lease, [])).toMatchObject([{ isCancelled: true }]);
  });
});
