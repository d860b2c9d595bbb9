import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Problem, type Generation } from '@avatarforge/contracts';
import { afterTests, eventually, startProxy, testRedisUrl } from '@avatarforge/testing';
import { readStream } from './fixtures/liveReaders';
import { newProgress, startLiveScene, type LiveScene } from './fixtures/liveScene';
import { readAnswer, startTestApi } from './fixtures/startTestApi';

/** Bytes that are in use once what is not was thrown away. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let api: LiveScene['api'];
let ann: LiveScene['ann'];
let bob: LiveScene['bob'];
let fates: LiveScene['fates'];
let create: LiveScene['create'];
let ownerOf: LiveScene['ownerOf'];
beforeAll(async () => {
  ({ api, ann, bob, fates, create, ownerOf } = await startLiveScene());
}, 60_000);

const watch = (id: string, headers: Record<string, string> = ann, query = '', url = api.url) =>
  readStream(`${url}/v1/generations/${id}/events${query}`, headers);
const watchAll = (headers = ann, url = api.url) => readStream(`${url}/v1/events`, headers);
const types = (seen: { type: string }[]) => seen.map(({ type }) => type);

describe('the stream of a generation', () => {
  test('tells how it is, what becomes of it, and ends with it', async () => {
    const { id } = await create();
    const stream = await watch(id);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
    const { data } = await stream.until('snapshot');
    expect(data).toMatchObject({ id, status: 'queued', progress: null });
    await fates.begin(id);
    await stream.until('generation.started');
    const ownerId = await ownerOf(id);
    await eventually(async () => (await api.channel.publish(ownerId, newProgress(id, 0.5))) > 0);
    expect((await stream.until('progress')).data).toMatchObject({ generation_id: id, share: 0.5 });
    await fates.finish(id);
    await eventually(() => stream.isOver());
    expect(types(stream.seen).filter((type) => type !== 'progress')).toEqual([
      'snapshot',
      'generation.started',
      'generation.completed',
    ]);
    expect(stream.seen.at(-1)!.data).toMatchObject({
      type: 'generation.completed',
      data: { id, status: 'completed' },
    });
    expect(stream.first()).toBe('retry: 2000');
  });

  test('of one that is final is a snapshot, and nothing for who knows of its end', async () => {
    const { id } = await create();
    const first = await watch(id);
    await first.until('snapshot');
    await fates.finish(id, 'failed');
    await eventually(() => first.isOver());
    const again = await watch(id);
    await eventually(() => again.isOver());
    expect(again.seen).toMatchObject([{ type: 'snapshot', data: { status: 'failed' } }]);
    const knows = await watch(id, { ...ann, 'Last-Event-ID': first.lastId()! });
    expect(knows.response.status).toBe(204);
  });

  test.each(['of somebody else', 'of no id'])('%s is not found', async (which) => {
    const id = which === 'of no id' ? 'x' : (await create()).id;
    const answer = await api.fetch(`/v1/generations/${id}/events`, { headers: bob });
    expect(Problem.parse(await answer.json()).code).toBe('not_found');
  });

  test('asked for by HEAD, it is headers alone', async () => {
    const { id } = await create();
    const answer = await api.fetch(`/v1/generations/${id}/events`, {
      method: 'HEAD',
      headers: ann,
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(await answer.text()).toBe('');
  });

  test('shows previews only to those who ask for them', async () => {
    const { id } = await create();
    const [blind, seeing] = [await watch(id), await watch(id, ann, '?previews=true')];
    const ownerId = await ownerOf(id);
    await Promise.all([blind.until('snapshot'), seeing.until('snapshot')]);
    const preview = { generation_id: id, shot: 0, mime_type: 'image/jpeg', at: 'now' };
    const bytes = Buffer.from('picture');
    await eventually(
      async () => (await api.channel.publishPreview(ownerId, { ...preview, bytes })) > 0,
    );
    const { data } = await seeing.until('preview');
    expect(data).toEqual({ ...preview, image: bytes.toString('base64') });
    await fates.finish(id);
    await eventually(() => blind.isOver() && seeing.isOver());
    expect(types(blind.seen)).not.toContain('preview');
  });
});

describe('a reader that comes back', () => {
  test('to another API misses nothing and is told nothing twice', async () => {
    const generations = await Promise.all(Array.from({ length: 20 }, () => create()));
    const first = await watchAll();
    let lastId = await first.caughtUp();
    first.close();
    const run = async (some: Generation[]) => {
      for (const { id } of some) {
        await fates.begin(id);
        await fates.finish(id);
      }
    };
    const told: string[] = [];
    const expected = 2 * generations.length;
    for (let round = 0; round < 20 && told.length < expected; round += 1) {
      const running = run(generations.splice(0, 4));
      const other = await startTestApi({ auth: true, databaseUrl: api.databaseUrl });
      const stream = await watchAll({ ...ann, 'Last-Event-ID': lastId }, other.url);
      const runningOn = run(generations.splice(0, 4));
      await eventually(() => stream.seen.length > 0);
      await other.stop();
      await eventually(() => stream.isOver());
      told.push(...stream.seen.map(({ id }) => id!));
      lastId = stream.lastId() ?? lastId;
      await Promise.all([running, runningOn]);
    }
    expect(told).toHaveLength(expected);
    expect(told.map(Number)).toEqual([...new Set(told.map(Number))].sort((a, b) => a - b));
  }, 60_000);

  test.each(['no number', '-1', '99999999999', '123456789012345678901234567890'])(
    'with %j as its last event is reset, and told how it is',
    async (lastId) => {
      const { id } = await create();
      const stream = await watch(id, { ...ann, 'Last-Event-ID': lastId });
      await stream.until('snapshot');
      expect(types(stream.seen)).toEqual(['reset', 'snapshot']);
      const byQuery = await watch(id, ann, `?last_event_id=${lastId}`);
      await byQuery.until('snapshot');
      expect(types(byQuery.seen)).toEqual(['reset', 'snapshot']);
    },
  );

  test('after what it missed was forgotten is reset', async () => {
    const { id } = await create();
    const stream = await watchAll();
    await stream.caughtUp();
    const lastId = stream.lastId()!;
    for (let round = 0; round < 2; round += 1) await create(bob);
    await api.database.query('DELETE FROM events WHERE id <= $1::bigint + 1', [lastId]);
    const again = await watch(id, { ...ann, 'Last-Event-ID': lastId });
    await again.until('snapshot');
    expect(types(again.seen)).toEqual(['reset', 'snapshot']);
  });
});

test('the stream of a user tells of everything of theirs, and of nobody else’s', async () => {
  const stream = await watchAll();
  await stream.caughtUp();
  const [mine, theirs] = [await create(), await create(bob)];
  await fates.begin(theirs.id);
  await fates.finish(theirs.id);
  await fates.begin(mine.id);
  await fates.finish(mine.id, 'cancelled');
  await stream.until('generation.cancelled');
  const told = stream.seen.filter(({ type }) => type !== 'snapshot');
  expect(types(told)).toEqual(['generation.queued', 'generation.started', 'generation.cancelled']);
  expect(JSON.stringify(stream.seen)).not.toContain(theirs.id);
});

test('a generation shows how far it is', async () => {
  const { id } = await create(ann, { count: 4 });
  const look = async () =>
    (await readAnswer('getGeneration', await api.fetch(`/v1/generations/${id}`, { headers: ann })))
      .progress;
  expect(await look()).toBeNull();
  await fates.begin(id);
  expect(await look()).toBeNull();
  const ownerId = await ownerOf(id);
  await api.channel.publish(ownerId, newProgress(id, 1, 0));
  await api.channel.publish(ownerId, newProgress(id, 0.5, 1));
  await eventually(async () => (await look()) === 0.375);
  await api.database.query('UPDATE generations SET shots_done = 3 WHERE id = $1', [id]);
  await eventually(async () => (await look()) === 0.875);
  await fates.finish(id);
  expect(await look()).toBe(1);
});

describe('while Redis is away', () => {
  test('state changes still arrive', async () => {
    const proxy = await startProxy(testRedisUrl());
    const lame = await startTestApi({
      ...{ auth: true, databaseUrl: api.databaseUrl, redisUrl: proxy.url },
    });
    const { id } = await create();
    const stream = await watch(id, ann, '', lame.url);
    await stream.until('snapshot');
    await proxy.cut();
    await fates.begin(id);
    await stream.until('generation.started');
    await fates.finish(id);
    await eventually(() => stream.isOver());
    expect(types(stream.seen)).toEqual(['snapshot', 'generation.started', 'generation.completed']);
  });
});

test('while Postgres is away the stream stays, and goes on from where it was', async () => {
  const proxy = await startProxy(api.databaseUrl);
  const lame = await startTestApi({
    ...{ auth: true, databaseUrl: proxy.url, relayEvents: () => undefined },
  });
  const { id } = await create();
  const stream = await watch(id, ann, '', lame.url);
  await stream.until('snapshot');
  await proxy.cut();
  await fates.begin(id);
  await fates.finish(id);
  const refused = await lame.fetch(`/v1/generations/${id}/events`, { headers: ann });
  expect(refused.status).toBe(503);
  expect(stream.isOver()).toBe(false);
  await proxy.restore();
  await eventually(() => stream.isOver(), { timeoutMs: 10_000 });
  expect(types(stream.seen)).toEqual(['snapshot', 'generation.started', 'generation.completed']);
}, 30_000);

describe('a reader that takes nothing', () => {
  /** Opens a stream by hand, so that nothing reads what comes. */
  async function openSlowly(path: string, url = api.url) {
    const { port } = new URL(url);
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    afterTests(() => Promise.resolve(socket.destroy()));
    const authorization = ann['Authorization'] ?? '';
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
    let text = '';
    let isClosed = false;
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    socket.on('close', () => (isClosed = true));
    socket.on('error', () => undefined);
    await eventually(() => text.includes('id: '));
    return { socket, text: () => text, isClosed: () => isClosed };
  }

  test('holds no memory for long: it is cut off', async () => {
    const ownerId = await ownerOf((await create()).id);
    const slow = await openSlowly('/v1/events?previews=true');
    slow.socket.pause();
    const before = memoryInUse();
    const bytes = Buffer.alloc(250_000, 1);
    const preview = { generation_id: randomUUID(), shot: 0, mime_type: 'image/png', at: 'now' };
    let sent = 0;
    // A hundred megabytes, or less when it is cut off and nobody listens any more.
    for (; sent < 300; sent += 1) {
      const nodes = await api.channel.publishPreview(ownerId, { ...preview, bytes });
      if (sent > 100 && nodes === 0) break;
    }
    expect(memoryInUse() - before).toBeLessThan(10e6);
    await eventually(
      async () => (await api.channel.publishPreview(ownerId, { ...preview, bytes })) === 0,
    );
    slow.socket.resume();
    await eventually(() => slow.isClosed());
  }, 30_000);

  test('but reads again in time has missed no event', async () => {
    const patient = await startTestApi({ auth: true, databaseUrl: api.databaseUrl });
    const stream = await readStream(`${patient.url}/v1/events`, ann);
    await stream.caughtUp();
    const slow = await openSlowly('/v1/events', patient.url);
    slow.socket.pause();
    const { id } = await create();
    const padding = 'x'.repeat(5000);
    await api.database.query(
      `INSERT INTO events (owner_id, generation_id, event, body)
         SELECT owner_id, id, 'generation.queued', jsonb_build_object('n', n, 'padding', $2::text)
           FROM generations, generate_series(1, 2000) AS n WHERE id = $1 ORDER BY n`,
      [id, padding],
    );
    api.channel.nudge();
    await eventually(() => stream.seen.filter(({ data }) => 'n' in data).length === 2000, {
      timeoutMs: 20_000,
    });
    slow.socket.resume();
    const numbers = () => [...slow.text().matchAll(/"n":\s*(\d+)/g)].map(([, n]) => Number(n));
    await eventually(() => numbers().length >= 2000, { timeoutMs: 20_000, everyMs: 200 });
    expect(numbers()).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
  }, 60_000);
});
