import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { testS3 } from '@avatarforge/testing';
import {
  createStorage,
  InvalidObjectKeyError,
  InvalidRangeError,
  newObjectKey,
  ObjectBodyError,
  type ObjectStorage,
} from './index';

const MIB = 1024 * 1024;
const s3 = testS3();
const stores = [
  { store: 'disk', given: {}, keepsContentType: false },
  ...(s3
    ? [{ store: 's3', given: { ...s3, bucket: `test-${randomUUID()}` }, keepsContentType: true }]
    : []),
];

describe.each(stores)('objects in $store', ({ given, keepsContentType }) => {
  let root: string;
  let storage: ObjectStorage;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'avatarforge-storage-'));
    storage = createStorage({
      root,
      region: 'us-east-1',
      forcePathStyle: true,
      createBucket: true,
      ...given,
    });
    await storage.check();
  });

  afterAll(async () => {
    await storage.close();
    await rm(root, { recursive: true });
  });

  const newKey = () => newObjectKey(createHash('sha256').update(randomUUID()).digest('hex'));
  const put = (key: string, content: Buffer | string) => {
    const bytes = Buffer.from(content);
    const options = { size: bytes.length, contentType: 'image/png' };
    return storage.put(key, Readable.from([bytes]), options);
  };
  const read = async (key: string, range?: { start: number; end?: number }) => {
    const found = await storage.get(key, range && { range });
    return { size: found.size, text: (await buffer(found.body)).toString() };
  };
  const keysBelow = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of storage.list(prefix)) keys.push(key);
    return keys.sort();
  };

  it('come back byte for byte, with their size', async () => {
    const key = newKey();
    await put(key, 'a picture');
    expect(await read(key)).toEqual({ size: 9, text: 'a picture' });
    expect(await storage.head(key)).toEqual({ size: 9 });
  });

  it('may be larger than what is held in memory at once', async () => {
    const key = newKey();
    const chunks = Array.from({ length: 200 }, () => randomBytes(64 * 1024 + 7));
    const content = Buffer.concat(chunks);
    const options = { size: content.length, contentType: 'video/mp4' };
    await storage.put(key, Readable.from(chunks), options);
    const found = await storage.get(key);
    expect(found.size).toBeGreaterThan(12 * MIB);
    expect((await buffer(found.body)).equals(content)).toBe(true);
    expect(found.contentType).toBe(keepsContentType ? 'video/mp4' : undefined);
  });

  it('may be empty', async () => {
    const key = newKey();
    await put(key, '');
    expect(await read(key)).toEqual({ size: 0, text: '' });
  });

  it('are replaced as a whole', async () => {
    const key = newKey();
    await put(key, 'the long first content');
    await put(key, 'short');
    expect(await read(key)).toEqual({ size: 5, text: 'short' });
  });

  it('are whole whoever of several writers is the last', async () => {
    const key = newKey();
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(contents.map((content) => put(key, content)));
    expect(contents).toContain((await read(key)).text);
  });

  it('are read in ranges, whose end may lie behind theirs', async () => {
    const key = newKey();
    await put(key, '0123456789');
    expect(await read(key, { start: 2, end: 4 })).toEqual({ size: 10, text: '234' });
    expect(await read(key, { start: 7 })).toEqual({ size: 10, text: '789' });
    expect(await read(key, { start: 8, end: 99 })).toEqual({ size: 10, text: '89' });
    await expect(read(key, { start: 10 })).rejects.toThrow(InvalidRangeError);
  });

  it('are not found under a key never used', async () => {
    const key = newKey();
    await expect(storage.get(key)).rejects.toMatchObject({ name: 'ObjectNotFoundError', key });
    expect(await storage.head(key)).toBeNull();
  });

  it('are gone when deleted, also twice', async () => {
    const key = newKey();
    await put(key, 'x');
    await storage.delete(key);
    await storage.delete(key);
    expect(await storage.head(key)).toBeNull();
    expect(await keysBelow(key)).toEqual([]);
  });

  it('are listed by prefix with size and time', async () => {
    const folder = `list-${randomUUID()}`;
    const keys = ['a/1', 'a/2', 'ab/3', 'b'].map((name) => `${folder}/${name}`);
    for (const key of keys) await put(key, 'four');

    expect(await keysBelow(`${folder}/`)).toEqual(keys);
    expect(await keysBelow(`${folder}/a`)).toEqual(keys.slice(0, 3));
    expect(await keysBelow(`${folder}/a/`)).toEqual(keys.slice(0, 2));
    expect(await keysBelow(`${folder}/none`)).toEqual([]);
    for await (const { size, modified_at } of storage.list(`${folder}/b`)) {
      expect(size).toBe(4);
      expect(Math.abs(Date.now() - modified_at.getTime())).toBeLessThan(60_000);
    }
  });

  it.each([
    ['is shorter than said', 10, ['short']],
    ['is longer than said', 2, ['long', 'er']],
  ])('are not stored when the body %s', async (_, size, chunks) => {
    const key = newKey();
    const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    const stored = storage.put(key, body, { size, contentType: 'image/png' });
    await expect(stored).rejects.toThrow(ObjectBodyError);
    expect(await keysBelow(key)).toEqual([]);
  });

  it.each([10, 12 * MIB])('are not stored when the body fails after %d bytes', async (sent) => {
    const key = newKey();
    const cause = new Error('the instance went away');
    const body = Readable.from(failAfter(sent, cause));
    const stored = storage.put(key, body, { size: 20 * MIB, contentType: 'image/png' });
    await expect(stored).rejects.toMatchObject({ name: 'ObjectBodyError', cause });
    expect(await keysBelow(key)).toEqual([]);
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    'a/',
    '.incoming/x',
    'a b',
    'a\0',
    'a\\b',
  ])('cannot have the key %j', async (key) => {
    await expect(put(key, 'x')).rejects.toThrow(InvalidObjectKeyError);
    await expect(storage.get(key)).rejects.toThrow(InvalidObjectKeyError);
    await expect(storage.head(key)).rejects.toThrow(InvalidObjectKeyError);
    await expect(storage.delete(key)).rejects.toThrow(InvalidObjectKeyError);
  });

  it('are not listed outside of the store', async () => {
    await expect(keysBelow('../')).rejects.toThrow(InvalidObjectKeyError);
  });

  it('are none of the check', async () => {
    await storage.check();
    expect(await keysBelow('probe/')).toEqual([]);
  });
});

async function* failAfter(bytes: number, error: Error): AsyncGenerator<Buffer> {
  yield Buffer.alloc(bytes);
  await Promise.resolve();
  throw error;
}
