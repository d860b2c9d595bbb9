import { MAX_ENDS, newId } from '@avatarforge/core';
import {
  adoptAttempts,
  endAttempt,
  markDispatching,
  markExecuted,
  markStarted,
} from './attemptRepository';
import type { Database } from './database';
import {
  claimFinalize,
  postponeFinalize,
  renewFinalize,
  storeAttempt,
  type StoredOutput,
} from './finalizeRepository';
import { findGeneration } from './generationRepository';
import {
  givenAttempt,
  givenDatabase,
  givenGeneration,
  givenInstance,
  givenUser,
  claimAny,
} from './fixtures/givenPool';
import { listInstances, saveInstanceHealth } from './instanceRepository';
import { acquireLeases, releaseLease, renewLeases } from './leaseRepository';
import { announceObject, claimLooseObjects } from './looseObjectRepository';
import { findWaitingShots, runSingle } from './reconcileRepository';

let db: Database;
let ownerId: string;

beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
});

/** Takes the lease away, as when its holder was frozen for too long. */
async function takeOver(instanceId: string) {
  await db.query(
    `UPDATE instance_leases SET expires_at = now() - interval '1 s', worker_id = NULL WHERE instance_id = $1`,
    [instanceId],
  );
  const workerId = newId();
  const lease = (await acquireLeases(db, workerId)).find((held) => held.instanceId === instanceId);
  return { workerId, lease: lease! };
}

function output(name: string): StoredOutput {
  const sha256 = name.padEnd(64, '0');
  const object_key = `sha256/${sha256}/${newId()}`;
  return {
    ordinal: 0,
    file_id: newId(),
    sha256,
    object_key,
    size: 1,
    mime_type: 'image/png',
    width: 8,
    height: 8,
    filename: `${name}.png`,
  };
}

async function execute(given: Awaited<ReturnType<typeof givenAttempt>>) {
  const { attempt, lease } = given;
  await markDispatching(db, attempt.attemptId, lease.epoch);
  await markExecuted(db, { id: attempt.attemptId, epoch: lease.epoch, manifest: [], gpuMs: null });
  await db.query('UPDATE attempts SET finalize_owner = $2 WHERE id = $1', [
    attempt.attemptId,
    given.workerId,
  ]);
  return { attemptId: attempt.attemptId, workerId: given.workerId };
}

async function eventsOf(generationId: string): Promise<string[]> {
  const rows = await db.query<{ event: string }>(
    'SELECT event FROM outbox WHERE generation_id = $1 ORDER BY seq',
    [generationId],
  );
  return rows.map((row) => row.event);
}

test('twenty claims at once never take a shot twice', async () => {
  await db.query(`UPDATE shots SET not_before = now() + interval '1 day' WHERE status = 'queued'`);
  await givenGeneration(db, { ownerId, shots: 10 });
  const instances = [];
  for (let i = 0; i < 20; i += 1) instances.push(await givenInstance(db));
  for (const { workerId, lease } of instances) await renewLeases(db, workerId, [lease]);
  const claims = await Promise.all(
    instances.map((instance) => claimAny(db, { ...instance, count: 2 })),
  );
  const shots = claims.flatMap((claimed) => claimed!.map((attempt) => attempt.shotId));
  expect(shots).toHaveLength(10);
  expect(new Set(shots).size).toBe(10);
});

test('a worker that lost its lease claims nothing and knows it', async () => {
  const { workerId, lease } = await givenInstance(db);
  await takeOver(lease.instanceId);
  expect(await claimAny(db, { workerId, lease, count: 1 })).toBeNull();
});

test('a shot that is to wait is not claimed', async () => {
  const given = await givenAttempt(db, { ownerId });
  await endAttempt(db, {
    id: given.attempt.attemptId,
    epoch: given.lease.epoch,
    reason: 'out_of_memory',
  });
  expect(await claimAny(db, { ...given, count: 1 })).toEqual([]);
});

test('the next lease holder adopts what was driven before, once, and the old driver is fenced off', async () => {
  const given = await givenAttempt(db, { ownerId });
  const id = given.attempt.attemptId;
  await markDispatching(db, id, given.lease.epoch);
  const next = await takeOver(given.lease.instanceId);

  expect(await adoptAttempts(db, next.lease, [])).toEqual([
    expect.objectContaining({ attemptId: id, state: 'dispatching', isStarted: false }),
  ]);
  expect(await adoptAttempts(db, next.lease, [id])).toEqual([]);
  expect(await markStarted(db, id, given.lease.epoch)).toBe(false);
  expect(await markStarted(db, id, next.lease.epoch)).toBe(true);
});

test('an overtaken lease holder adopts nothing', async () => {
  const given = await givenAttempt(db, { ownerId });
  await takeOver(given.lease.instanceId);
  expect(await adoptAttempts(db, given.lease, [])).toEqual([]);
});

test('a lease is renewed by its holder only, and free again when given back', async () => {
  const { workerId, lease } = await givenInstance(db);
  expect(await renewLeases(db, workerId, [lease])).toEqual([{ ...lease, isLeaving: false }]);
  expect(await renewLeases(db, newId(), [lease])).toEqual([]);
  expect(await acquireLeases(db, newId())).toEqual([]);
  await releaseLease(db, workerId, lease);
  expect(await renewLeases(db, workerId, [lease])).toEqual([]);
  expect(await acquireLeases(db, newId())).toHaveLength(1);
});

test('an instance is well only as long as somebody says so', async () => {
  const { workerId, lease } = await givenInstance(db);
  const { instanceId: id, epoch } = lease;
  const healthNow = async () => (await listInstances(db)).find((seen) => seen.id === id)?.health;
  const save = () =>
    saveInstanceHealth(db, { id, epoch, health: 'ok', healthReason: null, systemStats: {} });

  await save();
  expect(await healthNow()).toBe('ok');
  await db.query(`UPDATE instances SET seen_at = now() - interval '1 min' WHERE id = $1`, [id]);
  expect(await healthNow()).toBe('unknown');
  await save();
  await releaseLease(db, workerId, lease);
  expect(await healthNow()).toBe('unknown');
});

test('the last shot completes the generation, with its outputs in order and one event for each state', async () => {
  await db.query(`UPDATE shots SET not_before = now() + interval '1 day' WHERE status = 'queued'`);
  const { id } = await givenGeneration(db, { ownerId, shots: 2 });
  const instance = await givenInstance(db);
  const claimed = await claimAny(db, { ...instance, count: 2 });
  for (const [n, attempt] of [...claimed!.entries()].reverse()) {
    const done = await execute({ ...instance, generationId: id, attempt });
    expect(await store(done, [output(`shot-${n}-${id}`)])).toBe(true);
  }
  const generation = await findGeneration(db, { id, ownerId });
  expect(generation).toMatchObject({
    status: 'completed',
    shotsDone: 2,
    promptId: claimed![0]!.attemptId,
  });
  expect(generation!.outputs.map((made) => made.filename)).toEqual([
    `shot-0-${id}.png`,
    `shot-1-${id}.png`,
  ]);
  expect(await eventsOf(id)).toEqual([
    'generation.queued',
    'generation.started',
    'generation.completed',
  ]);
});

/** The outputs of an executed attempt have been written. */
async function store(done: { attemptId: string }, outputs: StoredOutput[]): Promise<boolean> {
  for (const made of outputs) await announceObject(db, made.object_key);
  return storeAttempt(db, { attemptId: done.attemptId, outputs });
}

test('outputs with bytes that are stored already name the older object, and the new one is to be deleted', async () => {
  const first = output(newId());
  const again = { ...first, object_key: `sha256/other/${newId()}`, file_id: newId() };
  const one = await execute(await givenAttempt(db, { ownerId }));
  const two = await execute(await givenAttempt(db, { ownerId }));
  expect(await store(one, [first])).toBe(true);
  expect(await store(two, [again])).toBe(true);
  expect(await claimLooseObjects(db, 10)).toEqual([again.object_key]);
});

test('an attempt is finalized by one worker at a time, who may take long, and by another when it is given back', async () => {
  const given = await givenAttempt(db, { ownerId });
  const { attemptId } = await execute(given);
  const [one, two] = await Promise.all([claimFinalize(db, newId()), claimFinalize(db, newId())]);
  const claims = [one, two].filter((claim) => claim?.attemptId === attemptId);
  expect(claims).toHaveLength(1);
  const [owner] = await db.query<{ finalize_owner: string }>(
    'SELECT finalize_owner FROM attempts WHERE id = $1',
    [attemptId],
  );
  const held = { attemptId, workerId: owner!.finalize_owner };
  await db.query('UPDATE attempts SET finalize_until = now() WHERE id = $1', [attemptId]);
  expect(await renewFinalize(db, { attemptId, workerId: newId() })).toBe(false);
  expect(await renewFinalize(db, held)).toBe(true);
  expect(await claimFinalize(db, newId())).toBeNull();
  await postponeFinalize(db, {
    attemptId,
    workerId: owner!.finalize_owner,
    delayMs: 0,
    isMiss: true,
  });
  expect(await claimFinalize(db, newId())).toMatchObject({ attemptId, tries: 2, misses: 1 });
});

test('a shot that can never work fails its generation, and the siblings that wait are cancelled', async () => {
  const given = await givenAttempt(db, { ownerId, shots: 3 });
  const end = {
    id: given.attempt.attemptId,
    epoch: given.lease.epoch,
    reason: 'node_error',
    detail: 'x.safetensors is broken.',
  } as const;
  expect(await endAttempt(db, end)).toBe('failed');
  const generation = await findGeneration(db, { id: given.generationId, ownerId });
  expect(generation).toMatchObject({
    status: 'failed',
    error: { code: 'node_error', message: expect.stringContaining('x.safetensors') as string },
  });
  const shots = await db.query<{ status: string }>(
    'SELECT status FROM shots WHERE generation_id = $1 ORDER BY status',
    [given.generationId],
  );
  expect(shots.map((shot) => shot.status)).toEqual(['cancelled', 'cancelled', 'failed']);
});

test.each([
  ['instance_lost', MAX_ENDS.try],
  ['instance_retired', MAX_ENDS.mishap],
] as const)('after its last %s a shot fails for good', async (reason, tries) => {
  const given = await givenAttempt(db, { ownerId });
  let { attempt } = given;
  for (let n = 1; n < tries; n += 1) {
    expect(await endAttempt(db, { id: attempt.attemptId, epoch: given.lease.epoch, reason })).toBe(
      'queued',
    );
    await db.query('UPDATE shots SET not_before = NULL WHERE id = $1', [attempt.shotId]);
    [attempt] = (await claimAny(db, { ...given, count: 1 }))! as [typeof attempt];
  }
  expect(await endAttempt(db, { id: attempt.attemptId, epoch: given.lease.epoch, reason })).toBe(
    'failed',
  );
});

test('what never reached a GPU is tried much longer, whatever else happened', async () => {
  const given = await givenAttempt(db, { ownerId });
  const { attemptId, shotId } = given.attempt;
  await db.query('UPDATE shots SET tries = $2, mishaps = $3 WHERE id = $1', [
    shotId,
    MAX_ENDS.try - 1,
    MAX_ENDS.mishap - 1,
  ]);
  const end = { id: attemptId, epoch: given.lease.epoch, reason: 'not_submitted' } as const;
  expect(await endAttempt(db, end)).toBe('queued');
});

test('waits between tries grow, up to a minute', async () => {
  const given = await givenAttempt(db, { ownerId });
  const { shotId, attemptId } = given.attempt;
  await db.query('UPDATE shots SET idle_ends = 30 WHERE id = $1', [shotId]);
  await endAttempt(db, { id: attemptId, epoch: given.lease.epoch, reason: 'not_submitted' });
  const [row] = await db.query<{ wait: number }>(
    'SELECT extract(epoch FROM not_before - now())::float AS wait FROM shots WHERE id = $1',
    [shotId],
  );
  expect(row!.wait).toBeGreaterThan(50);
  expect(row!.wait).toBeLessThanOrEqual(60);
});

test('a worker does not take its own lease again when it slept through it', async () => {
  const { workerId, lease } = await givenInstance(db);
  await db.query(
    `UPDATE instance_leases SET expires_at = now() - interval '1 s' WHERE instance_id = $1`,
    [lease.instanceId],
  );
  expect(await acquireLeases(db, workerId, { held: [lease.instanceId] })).toEqual([]);
  expect(await renewLeases(db, workerId, [lease])).toEqual([{ ...lease, isLeaving: false }]);
});

test('a shot has one open attempt at most, whoever inserts', async () => {
  const given = await givenAttempt(db, { ownerId });
  const insert = db.query(
    `INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id) VALUES ($1, $2, $3, 1, 'x')`,
    [newId(), given.attempt.shotId, given.lease.instanceId],
  );
  await expect(insert).rejects.toMatchObject({ constraint: 'attempts_one_open_per_shot' });
});

test('the repairman is one at a time and finds the shots that wait', async () => {
  await db.query(`UPDATE shots SET not_before = now() + interval '1 day' WHERE status = 'queued'`);
  const { shotIds } = await givenGeneration(db, { ownerId, shots: 2 });
  let others: unknown;
  const found = await runSingle(db, 'reconcile', async (query) => {
    others = await runSingle(db, 'reconcile', () => Promise.resolve('ran'));
    return findWaitingShots(query, 10);
  });
  expect(found?.map((shot) => shot.shotId).sort()).toEqual([...shotIds].sort());
  expect(others).toBeNull();
});
