import { newId } from '@avatarforge/core';
import { saveWorker } from '@avatarforge/db';
import { givenInstance } from './fixtures/givenInstance';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ auth: false });
}, 60_000);

test('the stats tell what waits by lane, what draws, and what is stored', async () => {
  const { database } = api;
  const instanceId = await givenInstance(database);
  await saveWorker(database, { id: newId(), roles: ['generate'] });
  const bytes = await pictureBytes();
  await api.upload('/v1/files', bytes);
  const ids: string[] = [];
  for (const body of [{ count: 3 }, { realism: true }, {}]) {
    const created = await api.postJson('/v1/generations', { prompt: 'a warrior', ...body });
    ids.push((await readAnswer('createGeneration', created)).id);
  }
  await database.query(
    `UPDATE shots SET created_at = now() - interval '90 s' WHERE generation_id = $1`,
    [ids[1]],
  );
  await database.query(
    `WITH s AS (UPDATE shots SET status = 'active' WHERE generation_id = $1 RETURNING id)
     INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state)
       SELECT $2, id, $3, 1, 'x', 'started' FROM s`,
    [ids[2], newId(), instanceId],
  );
  await database.query('UPDATE instances SET drain = true');

  const stats = await readAnswer('getStats', await api.fetch('/v1/stats'));
  const wait = expect.any(Number) as number;
  expect(stats).toMatchObject({
    queue: {
      ...{ waiting: 4, is_capped: false, active: 1 },
      lanes: [
        { lane: expect.stringContaining('anything') as string, waiting: 3 },
        { lane: expect.stringContaining('realistic') as string, waiting: 1 },
      ],
    },
    pool: {
      instances: { ok: 0, half_open: 0, quarantined: 0, unreachable: 0, unknown: 1 },
      ...{ workers: 1, draining: 1, busy: 1 },
    },
    storage: { blobs: 1, files: 1, bytes: bytes.length, measured_at: expect.any(String) as string },
  });
  expect(stats.queue.oldest_wait_seconds).toBeGreaterThanOrEqual(90);
  expect(stats.queue.lanes[1]?.oldest_wait_seconds).toBe(stats.queue.oldest_wait_seconds);
  expect(stats.queue.lanes[0]?.oldest_wait_seconds).toEqual(wait);
});
