import { randomUUID } from 'node:crypto';
import { eventually } from '@avatarforge/testing';
import { openSocket, readStream } from './fixtures/liveReaders';
import { newProgress, startLiveScene, type LiveScene } from './fixtures/liveScene';
import { startTestApi } from './fixtures/startTestApi';

let api: LiveScene['api'];
let ann: LiveScene['ann'];
let bob: LiveScene['bob'];
let fates: LiveScene['fates'];
let create: LiveScene['create'];
let ownerOf: LiveScene['ownerOf'];
beforeAll(async () => {
  ({ api, ann, bob, fates, create, ownerOf } = await startLiveScene());
}, 60_000);

describe('the WebSocket', () => {
  test('tells of named generations, and of no others', async () => {
    const [first, second, theirs] = [await create(), await create(), await create(bob)];
    const peer = await openSocket(api.url, ann);
    peer.send({ type: 'subscribe', generation_ids: [first.id, theirs.id] });
    await peer.until('error');
    expect(peer.seen).toMatchObject([
      { type: 'subscribed', generation_ids: [first.id, theirs.id] },
      { type: 'snapshot', generation: { id: first.id } },
      { type: 'error', code: 'not_found' },
    ]);
    for (const { id } of [second, theirs, first]) {
      await fates.begin(id);
      await fates.finish(id);
    }
    await eventually(() => peer.seen.length === 5);
    expect(peer.seen.slice(3)).toMatchObject([
      { type: 'event', event: { type: 'generation.started', data: { id: first.id } } },
      { type: 'event', event: { type: 'generation.completed', data: { id: first.id } } },
    ]);
  });

  test('resumes, takes back, shows previews and answers pings', async () => {
    const { id } = await create();
    const peer = await openSocket(api.url, ann);
    peer.send({ type: 'subscribe', all: true, previews: true });
    await peer.until('subscribed');
    await fates.begin(id);
    const { id: lastId } = await peer.until('event');
    const ownerId = await ownerOf(id);
    const preview = { generation_id: id, shot: 0, mime_type: 'image/jpeg' };
    const at = new Date().toISOString();
    await eventually(
      async () =>
        (await api.channel.publishPreview(ownerId, { ...preview, at, bytes: Buffer.of(1) })) > 0,
    );
    await peer.until('preview');
    await eventually(async () => (await api.channel.publish(ownerId, newProgress(id, 0.2))) > 0);
    await peer.until('progress');
    peer.send({ type: 'unsubscribe', all: true });
    await peer.until('unsubscribed');
    await fates.finish(id);
    peer.send({ type: 'ping' });
    await peer.until('pong');
    expect(peer.seen.filter(({ type }) => type === 'event')).toHaveLength(1);
    peer.send({ type: 'subscribe', generation_ids: [id], last_event_id: lastId });
    await eventually(() => peer.seen.filter(({ type }) => type === 'event').length === 2);
    expect(peer.seen.at(-1)).toMatchObject({ event: { type: 'generation.completed' } });
    peer.send({ type: 'subscribe', generation_ids: [id], last_event_id: 'what' });
    await peer.until('reset');
  });

  test('takes the key as the first message', async () => {
    const peer = await openSocket(api.url);
    const key = (ann['Authorization'] ?? '').replace('Bearer ', '');
    peer.send({ type: 'authenticate', api_key: key });
    await peer.until('authenticated');
    peer.send({ type: 'ping' });
    await peer.until('pong');
    peer.socket.close();
    await peer.closed;
  });

  test.each([
    ['a wrong key', { type: 'authenticate', api_key: 'af_wrong' }],
    ['something else first', { type: 'ping' }],
  ] as const)('refuses %s', async (_what, message) => {
    const peer = await openSocket(api.url);
    peer.send(message);
    expect(await peer.until('error')).toMatchObject({ code: 'unauthorized' });
    expect(await peer.closed).toBe(1008);
  });

  test('refuses a wrong key in the header, and other addresses', async () => {
    await expect(openSocket(api.url, { 'X-API-Key': 'wrong' })).rejects.toThrow('401');
    await expect(openSocket(api.url, ann, '/v1/other')).rejects.toThrow('404');
  });

  test.each([
    'no json',
    '{"type":"what"}',
    JSON.stringify({ type: 'ping', pad: 'x'.repeat(70_000) }),
  ])('tells what is wrong with a message, and lets go of who sends many (%#)', async (wrong) => {
    const peer = await openSocket(api.url, ann);
    peer.send(wrong);
    expect(await peer.until('error')).toMatchObject({ code: 'validation_failed' });
    peer.send({ type: 'ping' });
    await peer.until('pong');
    peer.send(wrong);
    peer.send(wrong);
    expect(await peer.closed).toBe(1008);
  });

  test('watches a thousand generations and no more', async () => {
    const peer = await openSocket(api.url, ann);
    const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
    const cursor = await (await readStream(`${api.url}/v1/events`, ann)).caughtUp();
    peer.send({ type: 'subscribe', generation_ids: ids(1000), last_event_id: cursor });
    await peer.until('subscribed');
    peer.send({ type: 'subscribe', generation_ids: ids(1), last_event_id: cursor });
    expect(await peer.until('error')).toMatchObject({ code: 'validation_failed' });
  });

  test('says farewell when the process is told to stop', async () => {
    const other = await startTestApi({ auth: true, databaseUrl: api.databaseUrl });
    const [peer, silent] = [await openSocket(other.url, ann), await openSocket(other.url)];
    peer.send({ type: 'subscribe', all: true });
    await peer.until('subscribed');
    await other.stop();
    expect(await Promise.all([peer.closed, silent.closed])).toEqual([1001, 1001]);
  });
});

test('without keys, a page elsewhere gets no WebSocket', async () => {
  const open = await startTestApi({ auth: false });
  const own = await openSocket(open.url, { Origin: 'http://localhost:3000' });
  own.send({ type: 'ping' });
  await own.until('pong');
  await expect(openSocket(open.url, { Origin: 'https://evil.example' })).rejects.toThrow('403');
  await expect(openSocket(open.url, { Origin: 'null' })).rejects.toThrow('403');
  await expect(openSocket(open.url, { Host: 'evil.example' })).rejects.toThrow('403');
});
