import { newId } from '@avatarforge/core';
import {
  createLiveChannel,
  type LiveChannel,
  type LivePreview,
  type LiveProgress,
} from '@avatarforge/queue';
import { afterTests, eventually, testRedisUrl } from '@avatarforge/testing';
import sharp from 'sharp';
import { givenSystem, type System } from './fixtures/givenSystem';

let system: System;
let channel: LiveChannel;
beforeAll(async () => {
  system = await givenSystem({ stepMs: 40 });
  channel = createLiveChannel({ redisUrl: testRedisUrl(), log: { warn: () => undefined } });
  afterTests(() => channel.close());
});

/** What is told live of this user from now on. */
async function listen(): Promise<{ progress: LiveProgress[]; previews: LivePreview[] }> {
  const heard = { progress: [] as LiveProgress[], previews: [] as LivePreview[] };
  const { userId: ownerId } = system.ctx;
  channel.onProgress({ ownerId }, (one) => heard.progress.push(one));
  channel.onPreview({ ownerId }, (one) => heard.previews.push(one));
  await eventually(() => channel.isSettled());
  return heard;
}

test('each quarter is told to webhooks that asked for it', async () => {
  const worker = await system.startWorker();
  await system.database.query(
    `INSERT INTO webhook_endpoints (id, owner_id, url, events, secret)
       VALUES ($1, $2, 'http://127.0.0.1:1/hook', '{generation.progress}', 'x')`,
    [newId(), system.ctx.userId],
  );
  const { id } = await system.create({ steps: 16, seed: 12 });
  await system.final(id);
  const shares = await eventually(async () => {
    const rows = await system.database.query<{ progress: string }>(
      `SELECT body::jsonb #>> '{data,progress}' AS progress FROM deliveries
         WHERE generation_id = $1 AND event = 'generation.progress' ORDER BY body::jsonb #> '{data,seq}'`,
      [id],
    );
    return rows.length >= 2 && rows.map(({ progress }) => Number(progress));
  });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[0]).toBeGreaterThanOrEqual(0.25);
  await worker.release();
});

test('progress is told while it is drawn, up to its end, and pictures to those who want them', async () => {
  const worker = await system.startWorker();
  const heard = await listen();
  const { id } = await system.create({ count: 2, steps: 40, seed: 11 });
  await system.final(id, 60_000);
  await eventually(() => heard.progress.filter(({ share }) => share === 1).length === 2);
  for (const shot of [0, 1]) {
    const shares = heard.progress.filter((one) => one.shot === shot).map(({ share }) => share);
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(shares.filter((share) => share === 1)).toHaveLength(1);
  }
  const drawing = heard.progress.filter(({ step }) => step !== null);
  expect(drawing[0]).toMatchObject({ generation_id: id, steps: 40 });
  expect(heard.previews.length).toBeGreaterThan(0);
  for (const { generation_id: of, mime_type: mimeType, image } of heard.previews) {
    expect([of, mimeType]).toEqual([id, 'image/jpeg']);
    expect((await sharp(Buffer.from(image, 'base64')).metadata()).format).toBe('jpeg');
  }
  const retained = (await channel.readProgress([id])).get(id);
  expect(retained?.map(({ share }) => share)).toEqual([1, 1]);
  await worker.release();
}, 90_000);

test('without Redis it is drawn all the same', async () => {
  const worker = await system.startWorker({ REDIS_URL: 'redis://127.0.0.1:1' });
  const { id } = await system.create({ seed: 13 });
  expect(await system.final(id)).toMatchObject({ status: 'completed' });
  await worker.release();
});
