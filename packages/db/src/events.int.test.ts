import { BatchEvent, GenerationEvent } from '@avatarforge/contracts';
import { newId } from '@avatarforge/core';
import { eventually } from '@avatarforge/testing';
import { markStarted, markExecuted } from './attemptRepository';
import { cancelGeneration } from './cancelRepository';
import type { Database } from './database';
import { findEventsAfter, findLogBounds, noteProgress, relayEvents } from './eventRepository';
import { storeAttempt } from './finalizeRepository';
import { givenAttempt, givenDatabase, givenGeneration, givenUser } from './fixtures/givenPool';

let db: Database;
const relay = (publicUrl = '') => relayEvents(db, { publicUrl, most: 500 });

beforeAll(async () => {
  db = await givenDatabase();
});

beforeEach(async () => {
  await relay();
});

async function givenEndpoint(
  ownerId: string,
  { events = [] as string[], isDefault = false, isDisabled = false } = {},
): Promise<string> {
  const id = newId();
  await db.query(
    `INSERT INTO webhook_endpoints (id, owner_id, is_default, url, events, secret, disabled_at)
       VALUES ($1, $2, $3, $4, $5, 'whsec_', CASE WHEN $6 THEN now() END)`,
    [id, ownerId, isDefault, isDefault ? null : 'https://example.com/', events, isDisabled],
  );
  return id;
}

async function readDeliveries(ownerId: string) {
  return db.query<{ event: string; endpoint: string; url: string; status: string; body: string }>(
    `SELECT event, endpoint_id AS endpoint, url, status, body FROM deliveries
       WHERE owner_id = $1 ORDER BY created_at, event`,
    [ownerId],
  );
}

async function readLog(ownerId: string) {
  return findEventsAfter(db, '0', { ownerId, limit: 100 });
}

/** Draws one shot to its end, with one picture. */
async function draw(ownerId: string): Promise<string> {
  const { lease, attempt, generationId } = await givenAttempt(db, { ownerId });
  const { attemptId: id } = attempt;
  const { epoch } = lease;
  await db.query(`UPDATE attempts SET state = 'dispatching' WHERE id = $1`, [id]);
  await markStarted(db, id, epoch);
  const manifest = [{ kind: 'images', filename: 'a.png', subfolder: '', type: 'output' as const }];
  await markExecuted(db, { id, epoch, manifest, gpuMs: 5 });
  const key = newId();
  await db.query(`INSERT INTO loose_objects VALUES ($1, now() + interval '1 h', false)`, [key]);
  const picture = { ordinal: 0, file_id: newId(), sha256: newId(), object_key: key, size: 9 };
  const shape = { mime_type: 'image/png', width: 64, height: 32, filename: 'warrior.png' };
  await storeAttempt(db, { attemptId: id, outputs: [{ ...picture, ...shape }] });
  return generationId;
}

it('tells the story of a generation, each event as it was in its moment', async () => {
  const ownerId = await givenUser(db);
  const id = await draw(ownerId);
  expect(await relay('https://pool.example')).toMatchObject({ moved: 3, made: 0 });
  const log = await readLog(ownerId);
  const events = log.map(({ body }) => GenerationEvent.parse(body));
  expect(events.map(({ type, data }) => [type, data.status, data.seq])).toEqual([
    ['generation.queued', 'queued', 1],
    ['generation.started', 'processing', 2],
    ['generation.completed', 'completed', 3],
  ]);
  expect(events.map(({ data }) => data.outputs.length)).toEqual([0, 0, 1]);
  const [output] = events[2]?.data.outputs ?? [];
  expect(output).toMatchObject({ filename: 'warrior.png', width: 64, height: 32, size: 9 });
  expect(output?.url).toBe(`https://pool.example/v1/files/${output?.file_id}/content`);
  expect(events[2]?.data.urls.self).toBe(`https://pool.example/v1/generations/${id}`);
});

it('makes a delivery for each endpoint that wants the event, and none for others', async () => {
  const ownerId = await givenUser(db);
  const all = await givenEndpoint(ownerId);
  const some = await givenEndpoint(ownerId, { events: ['generation.completed'] });
  const disabled = await givenEndpoint(ownerId, { isDisabled: true });
  await givenEndpoint(await givenUser(db));
  await draw(ownerId);
  expect(await relay()).toMatchObject({ moved: 3, made: 7 });
  const made = await readDeliveries(ownerId);
  const of = (endpoint: string) =>
    made.filter((each) => each.endpoint === endpoint).map(({ event, status }) => [event, status]);
  expect(of(all)).toHaveLength(3);
  expect(of(some)).toEqual([['generation.completed', 'pending']]);
  expect(of(disabled).map(([, status]) => status)).toEqual(['held', 'held', 'held']);
});

it('tells the address that a generation names, of what it names', async () => {
  const ownerId = await givenUser(db);
  const endpoint = await givenEndpoint(ownerId, { isDefault: true });
  const { id } = await givenGeneration(db, { ownerId });
  await db.query(
    `UPDATE generations SET webhook_url = 'https://me.example/x', webhook_events = '{generation.cancelled}',
        notify_email = 'me@example.com' WHERE id = $1`,
    [id],
  );
  await cancelGeneration(db, { id, ownerId });
  expect(await relay()).toEqual({ moved: 2, made: 1, written: 0 });
  expect(await readDeliveries(ownerId)).toMatchObject([
    { event: 'generation.cancelled', endpoint, url: 'https://me.example/x' },
  ]);
});

it('tells of progress only those who name it, and keeps it out of the log', async () => {
  const ownerId = await givenUser(db);
  await givenEndpoint(ownerId);
  const { lease, attempt, generationId } = await givenAttempt(db, { ownerId, shots: 2 });
  await db.query(`UPDATE attempts SET state = 'dispatching' WHERE id = $1`, [attempt.attemptId]);
  await markStarted(db, attempt.attemptId, lease.epoch);
  expect(await noteProgress(db, { generationId, share: 0.5 })).toBe(false);
  const curious = await givenEndpoint(ownerId, { events: ['generation.progress'] });
  expect(await noteProgress(db, { generationId, share: 0.5 })).toBe(true);
  await relay();
  const told = (await readDeliveries(ownerId)).filter(({ event }) => event.endsWith('progress'));
  expect(told.map(({ endpoint }) => endpoint)).toEqual([curious]);
  const event = GenerationEvent.parse(JSON.parse(told[0]?.body ?? ''));
  expect(event.data).toMatchObject({ progress: 0.25, seq: 3 });
  expect((await readLog(ownerId)).map((each) => each.event)).not.toContain('generation.progress');
});

it('tells of a batch once, when the last of it is over', async () => {
  const ownerId = await givenUser(db);
  const batchId = newId();
  await db.query(
    `INSERT INTO batches (id, owner_id, total, notify_email) VALUES ($1, $2, 2, 'me@example.com')`,
    [batchId, ownerId],
  );
  const first = await givenGeneration(db, { ownerId });
  const second = await givenGeneration(db, { ownerId });
  await db.query('UPDATE generations SET batch_id = $1 WHERE owner_id = $2', [batchId, ownerId]);
  await cancelGeneration(db, { id: first.id, ownerId });
  await relay();
  expect((await readLog(ownerId)).map(({ event }) => event)).not.toContain('batch.completed');
  await cancelGeneration(db, { id: second.id, ownerId });
  expect(await relay()).toEqual({ moved: 2, made: 0, written: 1 });
  const last = (await readLog(ownerId)).at(-1);
  const { data } = BatchEvent.parse(last?.body);
  expect(data).toMatchObject({ id: batchId, total: 2, cancelled: 2, completed: 0 });
  expect(data.generations.map(({ id }) => id)).toEqual([first.id, second.id]);
});

it('logs in the order of commits, however many relay at once', async () => {
  const ownerId = await givenUser(db);
  const { latest } = await findLogBounds(db);
  const seen: string[] = [];
  let after = latest;
  let isOver = false;
  const tail = async () => {
    for (let isLast = false; !isLast;) {
      isLast = isOver;
      const found = await findEventsAfter(db, after, { ownerId, limit: 1000 });
      seen.push(...found.map(({ id }) => id));
      after = found.at(-1)?.id ?? after;
    }
  };
  const write = async () => {
    for (let n = 0; n < 40; n++) {
      await givenGeneration(db, { ownerId });
      await relay();
    }
  };
  const tailing = tail();
  await Promise.all([write(), write(), write()]);
  isOver = true;
  await tailing;
  expect(seen).toHaveLength(120);
  const all = await findEventsAfter(db, latest, { ownerId, limit: 1000 });
  expect(seen).toEqual(all.map(({ id }) => id));
});

it('logs nothing before what another is about to log', async () => {
  const ownerId = await givenUser(db);
  const { latest } = await findLogBounds(db);
  const read = async () => (await findEventsAfter(db, latest, { ownerId, limit: 10 })).length;
  const first = await givenGeneration(db, { ownerId });
  let second = Promise.resolve({ moved: 0 });
  await db.transaction(async (query) => {
    await query(`SELECT relay_events(10, '')`);
    await givenGeneration(db, { ownerId });
    second = relay();
    await eventually(async () => {
      const [waiting] = await db.query<{ is: boolean }>(
        `SELECT count(*) > 0 AS is FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event = 'advisory' AND query LIKE '%relay_events%'`,
      );
      return waiting?.is === true;
    });
    expect(await read()).toBe(0);
  });
  expect((await second).moved).toBe(1);
  const log = await findEventsAfter(db, latest, { ownerId, limit: 10 });
  expect(log).toHaveLength(2);
  expect(log[0]?.generationId).toBe(first.id);
});
