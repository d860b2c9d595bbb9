import { randomUUID } from 'node:crypto';
import { eventually, startProxy, testRedisUrl } from '@avatarforge/testing';
import { Redis } from 'ioredis';
import { createLiveChannel, type LiveChannel, type LiveProgress } from './index';

const redisUrl = testRedisUrl();
const log = { warn: () => undefined };
const openings: LiveChannel[] = [];
let redis: Redis;

beforeAll(() => {
  redis = new Redis(redisUrl);
});
afterAll(() => redis.quit());
afterEach(async () => {
  await Promise.all(openings.splice(0).map((channel) => channel.close()));
});

function openChannel(url = redisUrl): LiveChannel {
  const channel = createLiveChannel({ redisUrl: url, log, deadlineMs: 500 });
  openings.push(channel);
  return channel;
}
async function settled(...channels: LiveChannel[]): Promise<void> {
  await eventually(() => channels.every((channel) => channel.isSettled()), { timeoutMs: 15_000 });
}
const newProgress = (changed: Partial<LiveProgress> = {}): LiveProgress => ({
  generation_id: randomUUID(),
  ...{ shot: 0, share: 0.5, node: '3', step: 10, steps: 20, at: new Date().toISOString() },
  ...changed,
});

/** Publishes anew until it is heard: what is lost meanwhile may be. */
async function heardAgain(sender: LiveChannel, ownerId: string, heard: unknown[]): Promise<void> {
  const before = heard.length;
  await eventually(
    async () => {
      await sender.publish(ownerId, newProgress());
      return heard.length > before;
    },
    { timeoutMs: 15_000 },
  );
}

describe('progress', () => {
  test('goes to those who listen for its generation or its owner, and to no others', async () => {
    const [sender, receiver] = [openChannel(), openChannel()];
    const ownerId = randomUUID();
    const [mine, other] = [newProgress(), newProgress()];
    const heard = { ofOwner: [] as string[], ofOne: [] as string[], ofOthers: [] as string[] };
    const into = (list: string[]) => (progress: LiveProgress) => list.push(progress.generation_id);
    receiver.onProgress({ ownerId }, into(heard.ofOwner));
    receiver.onProgress({ ownerId, generationId: mine.generation_id }, into(heard.ofOne));
    receiver.onProgress({ ownerId: randomUUID() }, into(heard.ofOthers));
    await settled(sender, receiver);
    expect(await sender.publish(ownerId, mine)).toBe(1);
    expect(await sender.publish(ownerId, other)).toBe(1);
    await eventually(() => heard.ofOwner.length === 2);
    expect(heard).toEqual({
      ofOwner: [mine.generation_id, other.generation_id],
      ofOne: [mine.generation_id],
      ofOthers: [],
    });
  });

  test('is one subscription for many listeners, which ends with the last of them', async () => {
    const [sender, receiver] = [openChannel(), openChannel()];
    const ownerId = randomUUID();
    const heard: string[] = [];
    const ends = ['a', 'b'].map((name) => receiver.onProgress({ ownerId }, () => heard.push(name)));
    await settled(sender, receiver);
    await sender.publish(ownerId, newProgress());
    await eventually(() => heard.join('') === 'ab');
    ends[0]!();
    expect(await sender.publish(ownerId, newProgress())).toBe(1);
    await eventually(() => heard.join('') === 'abb');
    ends[1]!();
    await eventually(async () => (await sender.publish(ownerId, newProgress())) === 0);
    receiver.onProgress({ ownerId }, () => heard.push('c'));
    await settled(receiver);
    await sender.publish(ownerId, newProgress());
    await eventually(() => heard.join('') === 'abbc');
  });

  test('is kept for a while: the last of each shot', async () => {
    const channel = openChannel();
    await settled(channel);
    const first = newProgress({ shot: 0, share: 1 });
    const second = { ...first, shot: 1, share: 0.25 };
    for (const progress of [{ ...first, share: 0.1 }, first, second])
      await channel.publish('o', progress);
    const unknown = randomUUID();
    const read = await channel.readProgress([first.generation_id, unknown]);
    expect(read.get(first.generation_id)).toEqual([first, second]);
    expect(read.get(unknown)).toEqual([]);
    const ttl = await redis.pttl(`{avatarforge}:progress:${first.generation_id}`);
    expect(ttl).toBeGreaterThan(100_000);
  });
});

test('previews are sent while somebody listens for them', async () => {
  const [sender, receiver] = [openChannel(), openChannel()];
  const ownerId = randomUUID();
  const preview = { ...{ generation_id: randomUUID(), shot: 0, mime_type: 'image/jpeg' }, at: 'x' };
  const bytes = Buffer.alloc(300_000, 7);
  receiver.onProgress({ ownerId }, () => undefined);
  await settled(sender, receiver);
  expect(await sender.publishPreview(ownerId, { ...preview, bytes })).toBe(0);
  expect(await sender.isViewed(ownerId, preview.generation_id)).toBe(false);
  const heard: unknown[] = [];
  const end = receiver.onPreview({ ownerId }, (one) => heard.push(one));
  await settled(receiver);
  expect(await sender.isViewed(ownerId, preview.generation_id)).toBe(true);
  expect(await sender.publishPreview(ownerId, { ...preview, bytes })).toBe(1);
  await eventually(() => heard.length > 0);
  expect(heard).toEqual([{ ...preview, image: bytes.toString('base64') }]);
  end();
});

test('a nudge reaches everybody', async () => {
  const channels = [openChannel(), openChannel()];
  let nudges = 0;
  for (const channel of channels) channel.onNudge(() => (nudges += 1));
  await settled(...channels);
  channels[0]!.nudge();
  await eventually(() => nudges === 2);
});

describe('when Redis', () => {
  test('is not there, nothing waits for it and nothing rejects', async () => {
    const channel = openChannel('redis://127.0.0.1:1');
    channel.onProgress({ ownerId: 'o' }, () => undefined);
    const progress = newProgress();
    expect(await channel.publish('o', progress)).toBe(0);
    expect(
      await channel.publishPreview('o', { ...progress, mime_type: 'x', bytes: Buffer.of(1) }),
    ).toBe(0);
    expect((await channel.readProgress([progress.generation_id])).size).toBe(0);
    channel.nudge();
    expect(channel.isSettled()).toBe(false);
  });

  test('comes later than we, it is used', async () => {
    const proxy = await startProxy(redisUrl);
    await proxy.cut();
    const [sender, receiver] = [openChannel(proxy.url), openChannel(proxy.url)];
    const heard: unknown[] = [];
    const ownerId = randomUUID();
    receiver.onProgress({ ownerId }, (one) => heard.push(one));
    await sender.publish(ownerId, newProgress());
    await proxy.restore();
    await heardAgain(sender, ownerId, heard);
  });

  test('restarts empty, it is used again', async () => {
    const proxy = await startProxy(redisUrl);
    const [sender, receiver] = [openChannel(proxy.url), openChannel(proxy.url)];
    const heard: unknown[] = [];
    const ownerId = randomUUID();
    receiver.onProgress({ ownerId }, (one) => heard.push(one));
    await heardAgain(sender, ownerId, heard);
    await proxy.cut();
    await redis.flushdb();
    await redis.script('FLUSH');
    expect(await sender.publish(ownerId, newProgress())).toBe(0);
    const late = randomUUID();
    const heardLate: unknown[] = [];
    receiver.onProgress({ ownerId: late }, (one) => heardLate.push(one));
    await proxy.restore();
    await heardAgain(sender, ownerId, heard);
    await heardAgain(sender, late, heardLate);
  });

  test('has gone, the channel can be closed', async () => {
    const proxy = await startProxy(redisUrl);
    const channel = openChannel(proxy.url);
    channel.onNudge(() => undefined);
    await settled(channel);
    await proxy.cut();
    await eventually(() => !channel.isSettled());
    await channel.close();
  });

  test('is flushed, all that is listened for is heard again', async () => {
    const [sender, receiver] = [openChannel(), openChannel()];
    const heard: unknown[] = [];
    const ownerId = randomUUID();
    receiver.onProgress({ ownerId }, (one) => heard.push(one));
    await heardAgain(sender, ownerId, heard);
    await redis.flushdb();
    await heardAgain(sender, ownerId, heard);
  });

  test('freezes, calls end by their deadline; it is used again when it thaws', async () => {
    const proxy = await startProxy(redisUrl);
    const channel = openChannel(proxy.url);
    await settled(channel);
    proxy.freeze();
    const progress = newProgress();
    for (let round = 0; round < 5; round++) expect(await channel.publish('o', progress)).toBe(0);
    proxy.thaw();
    await eventually(
      async () => {
        await channel.publish('o', progress);
        const read = await channel.readProgress([progress.generation_id]);
        return read.get(progress.generation_id)?.length === 1;
      },
      { timeoutMs: 15_000 },
    );
  });
});
