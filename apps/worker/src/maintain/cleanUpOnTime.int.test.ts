import { claimScheduled } from '@avatarforge/db';
import { createLogger } from '@avatarforge/runtime';
import { givenFile, givenSystem, type System } from '../fixtures/givenSystem';
import { cleanUpOnTime } from './cleanUpOnTime';

const POLICY = { orphanDays: 30, isDryRun: false };

let system: System;
beforeAll(async () => {
  system = await givenSystem();
}, 60_000);
beforeEach(() => system.database.query('DELETE FROM schedules'));

let count = 0;
/** A file that nobody has used for 40 days. Gives what is there of it later. */
async function givenOrphan() {
  count += 1;
  const id = `01980000-0000-7000-8000-${String(count).padStart(12, '0')}`;
  const sha256 = String(count).padStart(64, '0');
  const key = await givenFile(system, { id, bytes: Buffer.from('x'), sha256 });
  await system.database.query(`UPDATE files SET used_at = now() - interval '40 days'`);
  return async () => ({
    file: (await system.database.query('SELECT 1 FROM files WHERE id = $1', [id])).length === 1,
    bytes: (await system.storage.head(key)) !== null,
  });
}

const cleanUp = (policy = POLICY) =>
  cleanUpOnTime({ ...system, log: createLogger({ name: 'test', level: 'silent' }) }, policy);
const dueNow = () => system.database.query('UPDATE schedules SET due_at = now()');
const graceIsOver = () =>
  system.database.query(`UPDATE blobs SET condemned_at = condemned_at - interval '2 h'`);

test('what nobody uses goes when it is due, and its bytes when the grace is over', async () => {
  const left = await givenOrphan();
  await cleanUp();
  expect(await left()).toEqual({ file: false, bytes: true });

  await graceIsOver();
  await cleanUp();
  expect(await left()).toEqual({ file: false, bytes: true });

  await dueNow();
  await cleanUp();
  expect(await left()).toEqual({ file: false, bytes: false });
});

test('a dry run deletes nothing', async () => {
  const left = await givenOrphan();
  await cleanUp({ ...POLICY, isDryRun: true });
  expect(await left()).toEqual({ file: true, bytes: true });
});

test('0 days: files without use are kept for ever', async () => {
  const left = await givenOrphan();
  await cleanUp({ orphanDays: 0, isDryRun: false });
  expect(await left()).toEqual({ file: true, bytes: true });
});

test('of many workers one does what is due', async () => {
  const claims = Array.from({ length: 8 }, () => claimScheduled(system.database, 'job', 60_000));
  expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
});

test('what a worker began and did not finish is done by another, later', async () => {
  expect(await claimScheduled(system.database, 'job', 60_000)).toBe(true);
  expect(await claimScheduled(system.database, 'job', 60_000)).toBe(false);
  await dueNow();
  expect(await claimScheduled(system.database, 'job', 60_000)).toBe(true);
});
