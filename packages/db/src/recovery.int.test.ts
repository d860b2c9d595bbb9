import { newId, type EndReason } from '@avatarforge/core';
import {
  endAttempt,
  failWaiting,
  freeShotsOutOfMemory,
  giveBackAttempt,
  markDispatching,
  markStarted,
} from './attemptRepository';
import { cancelGeneration } from './cancelRepository';
import type { ClaimedAttempt } from './claimRepository';
import type { Database } from './database';
import { findGeneration } from './generationRepository';
import {
  claimAny,
  givenAttempt,
  givenDatabase,
  givenGeneration,
  givenInstance,
  givenUser,
} from './fixtures/givenPool';
import { findInstanceTroubles, saveInstanceHealth } from './instanceRepository';
import { runSingle } from './reconcileRepository';

const DAY_MS = 24 * 3_600_000;

let db: Database;
let ownerId: string;

beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
});

type Instance = Awaited<ReturnType<typeof givenInstance>>;
type Target = Instance & { attempt: ClaimedAttempt };

const end = ({ attempt, lease }: Target, reason: EndReason, detail?: string) =>
  endAttempt(db, { id: attempt.attemptId, epoch: lease.epoch, reason, ...(detail && { detail }) });

async function start({ attempt, lease }: Target): Promise<void> {
  await markDispatching(db, attempt.attemptId, lease.epoch);
  await markStarted(db, attempt.attemptId, lease.epoch);
}

/** Claims the shot again, past its wait. */
async function claimAgain(instance: Instance, { attempt }: Target): Promise<Target> {
  await db.query('UPDATE shots SET not_before = NULL WHERE id = $1', [attempt.shotId]);
  const [again] = (await claimAny(db, { ...instance, count: 1 })) ?? [];
  if (again?.shotId !== attempt.shotId) throw new Error('the shot was not claimed again');
  return { ...instance, attempt: again };
}

const errorOf = async (id: string) => (await findGeneration(db, { id, ownerId }))?.error;

async function shotOf({ attempt }: Target) {
  const [shot] = await db.query(
    `SELECT status, tries, mishaps, idle_ends, avoid_instances, was_taken_back, reserved_for, not_before,
       reserved_until > now() AND reserved_until <= now() + interval '2 s' AS is_reserved FROM shots WHERE id = $1`,
    [attempt.shotId],
  );
  return shot;
}

describe('poison', () => {
  test('is what two instances died of: it is drawn no more, and says so', async () => {
    const first = await givenAttempt(db, { ownerId });
    await start(first);
    expect(await end(first, 'instance_lost')).toBe('queued');
    const second = await claimAgain(await givenInstance(db), first);
    await start(second);
    expect(await end(second, 'instance_lost')).toBe('failed');
    expect(await errorOf(first.generationId)).toMatchObject({ code: 'poison' });
  });

  test('is not what one instance died of twice', async () => {
    const first = await givenAttempt(db, { ownerId });
    await end(first, 'instance_lost');
    expect(await end(await claimAgain(first, first), 'instance_lost')).toBe('queued');
  });

  test('is not what had not begun, however many instances died', async () => {
    let target: Target = await givenAttempt(db, { ownerId });
    for (let n = 0; n < 5; n += 1) {
      expect(await end(target, 'released')).toBe('queued');
      target = await claimAgain(await givenInstance(db), target);
    }
    expect(await shotOf(target)).toMatchObject({ tries: 0, mishaps: 0 });
  });

  test.each(['drain = true', 'removed_at = now()'])(
    'is not what was on an instance that people stopped: %s',
    async (change) => {
      const first = await givenAttempt(db, { ownerId });
      await db.query(`UPDATE instances SET ${change} WHERE id = $1`, [first.lease.instanceId]);
      expect(await end(first, 'instance_lost', 'x')).toBe('queued');
      const second = await claimAgain(await givenInstance(db), first);
      expect(await end(second, 'instance_lost')).toBe('queued');
      expect(await shotOf(first)).toMatchObject({ tries: 1, mishaps: 1 });
      const [attempt] = await db.query(
        'SELECT end_reason, end_detail FROM attempts WHERE id = $1',
        [first.attempt.attemptId],
      );
      expect(attempt).toEqual({ end_reason: 'instance_retired', end_detail: 'x' });
    },
  );
});

test.each([
  ['evicted', 3, 'evicted_repeatedly'],
  ['outputs_lost', 2, 'outputs_lost'],
] as const)('what was %s %i times fails as %s', async (reason, times, code) => {
  const given = await givenAttempt(db, { ownerId });
  let target: Target = given;
  for (let n = 1; n < times; n += 1) {
    expect(await end(target, reason)).toBe('queued');
    target = await claimAgain(given, target);
  }
  expect(await end(target, reason)).toBe('failed');
  expect(await errorOf(given.generationId)).toMatchObject({ code });
});

describe('what ran out of memory', () => {
  const GB = 1e9;
  async function withMemory(instance: Instance, bytes: number): Promise<Instance> {
    const { instanceId: id, epoch } = instance.lease;
    const systemStats = { devices: [{ vramTotalBytes: bytes }, { vramTotalBytes: null }] };
    const health = { health: 'ok', healthReason: null } as const;
    await saveInstanceHealth(db, { id, epoch, ...health, systemStats });
    return instance;
  }

  test('goes to a larger instance, not to one as small', async () => {
    const given = await givenAttempt(db, { ownerId });
    await withMemory(given, 8 * GB);
    const twin = await withMemory(await givenInstance(db), 8 * GB);
    const larger = await withMemory(await givenInstance(db), 24 * GB);
    expect(await end(given, 'out_of_memory')).toBe('queued');
    await db.query('UPDATE shots SET not_before = NULL WHERE id = $1', [given.attempt.shotId]);
    expect(await claimAny(db, { ...given, count: 1 })).toEqual([]);
    expect(await claimAny(db, { ...twin, count: 1 })).toEqual([]);
    expect(await claimAny(db, { ...larger, count: 1 })).toHaveLength(1);
  });

  test('takes what there is, where nothing is larger', async () => {
    const given = await givenAttempt(db, { ownerId });
    await withMemory(given, 24 * GB);
    await withMemory(await givenInstance(db), 8 * GB);
    await givenInstance(db);
    await end(given, 'out_of_memory');
    expect(await shotOf(given)).toMatchObject({ avoid_instances: [] });
  });

  test('waits for a larger one only so long', async () => {
    const given = await givenAttempt(db, { ownerId });
    await withMemory(given, 8 * GB);
    await withMemory(await givenInstance(db), 24 * GB);
    await end(given, 'out_of_memory');
    await runSingle(db, 'reconcile', (query) => freeShotsOutOfMemory(query, 60_000));
    expect(await shotOf(given)).not.toMatchObject({ avoid_instances: [] });
    await db.query(`UPDATE attempts SET ended_at = ended_at - interval '2 min' WHERE id = $1`, [
      given.attempt.attemptId,
    ]);
    await runSingle(db, 'reconcile', (query) => freeShotsOutOfMemory(query, 60_000));
    expect(await shotOf(given)).toMatchObject({ avoid_instances: [] });
  });
});

describe('GPU time of an attempt without a result', () => {
  const gpuMs = async ({ attempt }: Target) => {
    const [row] = await db.query<{ gpu_ms: number | null; is_settled: boolean }>(
      'SELECT gpu_ms, is_settled FROM attempts WHERE id = $1',
      [attempt.attemptId],
    );
    expect(row?.is_settled).toBe(false);
    return row?.gpu_ms;
  };

  test('is what passed since it began, or what ComfyUI says, or none', async () => {
    const begun = await givenAttempt(db, { ownerId });
    await start(begun);
    await db.query(`UPDATE attempts SET started_at = now() - interval '1 h' WHERE id = $1`, [
      begun.attempt.attemptId,
    ]);
    await end(begun, 'hang');
    expect(await gpuMs(begun)).toBeGreaterThanOrEqual(3_600_000);

    const told = await givenAttempt(db, { ownerId });
    await start(told);
    const { attemptId: id } = told.attempt;
    await endAttempt(db, { id, epoch: told.lease.epoch, reason: 'node_error', gpuMs: 123 });
    expect(await gpuMs(told)).toBe(123);

    const waiting = await givenAttempt(db, { ownerId });
    await end(waiting, 'released');
    expect(await gpuMs(waiting)).toBeNull();
  });
});

describe('a prompt that is given back', () => {
  const giveBack = ({ attempt, lease }: Target) =>
    giveBackAttempt(db, { id: attempt.attemptId, epoch: lease.epoch });
  const takeFor = ({ attempt }: Target, instanceId: string) =>
    db.query('UPDATE attempts SET takeback_for = $2 WHERE id = $1', [
      attempt.attemptId,
      instanceId,
    ]);

  test('waits two seconds for the instance that asked for it, and nothing counts', async () => {
    const given = await givenAttempt(db, { ownerId });
    const taker = await givenInstance(db);
    await takeFor(given, taker.lease.instanceId);
    expect(await giveBack(given)).toBe('queued');
    expect(await shotOf(given)).toEqual({
      ...{ status: 'queued', tries: 0, mishaps: 0, idle_ends: 0, avoid_instances: [] },
      ...{ was_taken_back: true, reserved_for: taker.lease.instanceId, is_reserved: true },
      not_before: null,
    });
    expect(await claimAny(db, { ...given, count: 1 })).toEqual([]);
    expect(await claimAny(db, { ...taker, count: 1 })).toHaveLength(1);
    expect(await giveBack(given)).toBeNull();
  });

  test('is cancelled when that was asked for', async () => {
    const given = await givenAttempt(db, { ownerId });
    await cancelGeneration(db, { id: given.generationId, ownerId });
    expect(await giveBack(given)).toBe('cancelled');
    expect(await shotOf(given)).toMatchObject({ was_taken_back: false });
  });

  test('is not for a driver to give that lost it', async () => {
    const given = await givenAttempt(db, { ownerId });
    const epoch = String(Number(given.lease.epoch) - 1);
    expect(await giveBackAttempt(db, { id: given.attempt.attemptId, epoch })).toBeNull();
  });
});

describe('what waited a day for what no instance has', () => {
  const age = (generationId: string) =>
    db.query(`UPDATE shots SET created_at = now() - interval '25 h' WHERE generation_id = $1`, [
      generationId,
    ]);
  const fail = (requirements = ['none']) =>
    runSingle(db, 'reconcile', (query) =>
      failWaiting(query, { requirements, maxAgeMs: DAY_MS, limit: 10 }),
    );

  test('does not fail for that alone: the queue may be long', async () => {
    const { id } = await givenGeneration(db, { ownerId });
    await age(id);
    expect(await fail(['another'])).toBe(0);
    expect(await fail([])).toBe(0);
    expect(await findGeneration(db, { id, ownerId })).toMatchObject({ status: 'queued' });
    expect(await fail()).toBe(1);
  });

  test('fails, saying what it waited for; what is younger waits on', async () => {
    const { id, shotIds } = await givenGeneration(db, { ownerId, shots: 2 });
    const young = await givenGeneration(db, { ownerId });
    await db.query('UPDATE shot_graphs SET graph = $2 WHERE shot_id = ANY ($1)', [
      shotIds,
      JSON.stringify({
        4: { class_type: 'X', inputs: { a: 'my.safetensors', b: 1, c: ['4', 0] } },
      }),
    ]);
    await age(id);
    expect(await fail()).toBe(1);
    expect(await errorOf(id)).toEqual({
      code: 'model_unavailable',
      message:
        'No ComfyUI instance could draw it within 24.0 hours. It waited for one with my.safetensors.',
    });
    expect(await fail()).toBe(0);
    expect(await findGeneration(db, { id: young.id, ownerId })).toMatchObject({ status: 'queued' });
  });

  test('fails though another shot of it is being drawn, which is stopped', async () => {
    const given = await givenAttempt(db, { ownerId, shots: 2 });
    await age(given.generationId);
    expect(await fail()).toBe(1);
    expect(await end(given, 'cancelled')).toBe('cancelled');
    expect(await errorOf(given.generationId)).toMatchObject({ code: 'model_unavailable' });
  });
});

test('what is known of the troubles of an instance outlives its driver', async () => {
  const { lease } = await givenInstance(db);
  const { instanceId: id, epoch } = lease;
  const save = (memory: { troubles: number; retryInMs: number }) =>
    saveInstanceHealth(db, {
      ...{ id, epoch, health: 'quarantined', healthReason: 'x', systemStats: null, memory },
    });
  expect(await findInstanceTroubles(db, id)).toEqual({ troubles: 0, retryInMs: 0 });
  await save({ troubles: 2, retryInMs: 30_000 });
  const known = await findInstanceTroubles(db, id);
  expect(known.troubles).toBe(2);
  expect(known.retryInMs).toBeGreaterThan(20_000);
  expect(known.retryInMs).toBeLessThanOrEqual(30_000);
  await save({ troubles: 0, retryInMs: 0 });
  expect(await findInstanceTroubles(db, newId())).toEqual({ troubles: 0, retryInMs: 0 });
  expect(await findInstanceTroubles(db, id)).toEqual({ troubles: 0, retryInMs: 0 });
});
