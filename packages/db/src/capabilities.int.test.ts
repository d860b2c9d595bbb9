import { newId } from '@avatarforge/core';
import { endAttempt, findOpenAttempts } from './attemptRepository';
import { findCatalog, listCapabilities, saveCapabilities } from './capabilityRepository';
import type { Database } from './database';
import { findGeneration } from './generationRepository';
import {
  givenAttempt,
  givenDatabase,
  givenInstance,
  givenUser,
  claimAny,
} from './fixtures/givenPool';
import { freeShotsThatAvoidAll } from './reconcileRepository';

let db: Database;
let ownerId: string;

beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
});

const definitions = '{"SaveImage": {"output_node": true, "max": 18446744073709551615}}';
const models = { checkpoints: ['a.safetensors'] };

/** Whether what the holder of the lease says is written down. */
async function say({ instanceId: id, epoch }: { instanceId: string; epoch: string }, hash: string) {
  await saveCapabilities(db, { id, epoch, catalogHash: hash, definitions, models });
  const known = await listCapabilities(db);
  return known.find((seen) => seen.id === id)?.catalogHash === hash;
}

test('instances that answer alike share one catalog', async () => {
  const { lease: one } = await givenInstance(db);
  const { lease: two } = await givenInstance(db);
  expect(await say(one, 'alike')).toBe(true);
  expect(await say(two, 'alike')).toBe(true);
  expect(await findCatalog(db, 'alike')).toMatchObject({ SaveImage: { output_node: true } });
  const [count] = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM node_catalogs WHERE hash = 'alike'`,
  );
  expect(count?.n).toBe(1);
  const seen = (await listCapabilities(db)).filter(({ catalogHash }) => catalogHash === 'alike');
  expect(seen.map((each) => each.models)).toEqual([models, models]);
});

test('who lost the lease says nothing of the instance', async () => {
  const { lease } = await givenInstance(db);
  expect(await say({ ...lease, epoch: String(BigInt(lease.epoch) - 1n) }, 'late')).toBe(false);
});

test('a catalog that no instance has any more goes, but not at once', async () => {
  const { lease } = await givenInstance(db);
  await say(lease, 'old');
  await say(lease, 'new');
  expect(await findCatalog(db, 'old')).not.toBeNull();
  await db.query(`UPDATE node_catalogs SET seen_at = now() - interval '2 h' WHERE hash = 'old'`);
  await say(lease, 'new');
  expect(await findCatalog(db, 'old')).toBeNull();
  expect(await findCatalog(db, 'new')).not.toBeNull();
});

test('an instance that left the pool is not counted', async () => {
  const { lease } = await givenInstance(db);
  await say(lease, 'gone');
  await db.query('UPDATE instances SET removed_at = now() WHERE id = $1', [lease.instanceId]);
  const known = await listCapabilities(db);
  expect(known.map(({ id }) => id)).not.toContain(lease.instanceId);
});

test('what one instance lacks is tried on another, and fails when there is none', async () => {
  const first = await givenAttempt(db, { ownerId });
  const second = await givenInstance(db);
  await db.query('UPDATE instances SET removed_at = now() WHERE id <> ALL ($1::uuid[])', [
    [first.lease.instanceId, second.lease.instanceId],
  ]);
  const end = (id: string, epoch: string) =>
    endAttempt(db, { id, epoch, reason: 'missing_model', detail: 'x.safetensors is not there.' });

  expect(await end(first.attempt.attemptId, first.lease.epoch)).toBe('queued');
  const claim = { count: 1 };
  expect(await claimAny(db, { ...claim, ...first })).toEqual([]);
  const again = await claimAny(db, { ...claim, ...second });
  expect(again).toMatchObject([{ shotId: first.attempt.shotId }]);
  expect(await end(again![0]!.attemptId, second.lease.epoch)).toBe('failed');
  expect(await findGeneration(db, { id: first.generationId, ownerId })).toMatchObject({
    status: 'failed',
    error: {
      code: 'missing_model',
      message: 'ComfyUI lacks a model of the workflow. x.safetensors is not there.',
    },
  });
});

test('a shot is kept off the instances that it names', async () => {
  const { workerId, lease, attempt } = await givenAttempt(db, { ownerId });
  await endAttempt(db, { id: attempt.attemptId, epoch: lease.epoch, reason: 'released' });
  await db.query('UPDATE shots SET avoid_instances = ARRAY[$2::uuid, $3] WHERE id = $1', [
    attempt.shotId,
    newId(),
    lease.instanceId,
  ]);
  expect(await claimAny(db, { workerId, lease, count: 1 })).toEqual([]);
});

test('a shot that avoids all instances that are left is tried once more', async () => {
  const { lease, attempt } = await givenAttempt(db, { ownerId });
  await endAttempt(db, { id: attempt.attemptId, epoch: lease.epoch, reason: 'released' });
  const avoided = async (ids: string[]) => {
    await db.query('UPDATE shots SET avoid_instances = $2 WHERE id = $1', [attempt.shotId, ids]);
    await db.transaction((query) => freeShotsThatAvoidAll(query));
    const [shot] = await db.query<{ avoid_instances: string[] }>(
      'SELECT avoid_instances FROM shots WHERE id = $1',
      [attempt.shotId],
    );
    return shot?.avoid_instances;
  };
  const rows = await db.query<{ id: string }>('SELECT id FROM instances WHERE removed_at IS NULL');
  const all = rows.map(({ id }) => id);
  expect(await avoided(all.slice(1))).toEqual(all.slice(1));
  expect(await avoided([...all, newId()])).toEqual([]);
});

test('of prompts on an instance, those of open attempts are known, and nothing else is', async () => {
  const { lease, attempt } = await givenAttempt(db, { ownerId });
  const id = attempt.attemptId;
  const known = [id, newId(), 'nonsense'];
  expect(await findOpenAttempts(db, known)).toEqual([id]);
  await endAttempt(db, { id, epoch: lease.epoch, reason: 'released' });
  expect(await findOpenAttempts(db, known)).toEqual([]);
});
