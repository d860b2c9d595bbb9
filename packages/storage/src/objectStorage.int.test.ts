import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { eventually, testS3 } from '@avatarforge/testing';
import {
  createStorage,
  InvalidObjectKeyError,
  InvalidRangeError,
  newObjectKey,
  ObjectBodyError,
  type ObjectStorage,
  type PresignPutOptions,
} from './index';
import { createClient } from './s3Client';

const MIB = 1024 * 1024;
const s3 = testS3();
const bucket = `test-${randomUUID()}`;
const options = { region: 'us-east-1', forcePathStyle: true, createBucket: true };
const stores = [
  { store: 'disk', given: {}, isDisk: true, leaveUnfinished: leaveFile },
  ...(s3
    ? [
        {
          store: 's3',
          given: { ...s3, publicEndpoint: s3.endpoint, bucket },
          isDisk: false,
          leaveUnfinished: leaveUpload,
        },
      ]
    : []),
];

describe.each(stores)('objects in $store', ({ given, isDisk, leaveUnfinished }) => {
  let root: string;
  let storage: ObjectStorage;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'avatarforge-storage-'));
    storage = createStorage({ root, ...options, ...given });
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

  it.each([
    [12, 200],
    [65, 1_050],
  ])('may be larger than what is held in memory at once: %d MiB', async (least, count) => {
    const key = newKey();
    const chunk = randomBytes(64 * 1024 + 7);
    const chunks = Array.from({ length: count }, () => chunk);
    const size = count * chunk.length;
    await storage.put(key, Readable.from(chunks), { size, contentType: 'video/mp4' });
    const found = await storage.get(key);
    expect(found.size).toBe(size);
    expect(size).toBeGreaterThan(least * MIB);
    expect((await buffer(found.body)).equals(Buffer.concat(chunks))).toBe(true);
    expect(found.contentType).toBe(isDisk ? undefined : 'video/mp4');
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

  it('are all stored when 20 come at once', async () => {
    const contents = Array.from({ length: 20 }, () => randomBytes(MIB).toString('hex'));
    const keys = contents.map(newKey);
    await Promise.all(contents.map((content, at) => put(keys[at] ?? '', content)));
    const found = await Promise.all(keys.map((key) => read(key)));
    expect(found.map(({ text }) => text)).toEqual(contents);
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
    ['goes on after all that was said', 4, ['long', 'er']],
    ['is not empty as said', 0, ['long', 'er']],
  ])('are not stored when the body %s', async (_, size, chunks) => {
    const key = newKey();
    const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    const stored = storage.put(key, body, { size, contentType: 'image/png' });
    await expect(stored).rejects.toThrow(ObjectBodyError);
    expect(await keysBelow(key)).toEqual([]);
  });

  it.each([
    [10, 20],
    [12 * MIB, 20],
    [12 * MIB, 65],
  ])('are not stored when the body fails after %d bytes of %d MiB', async (sent, mib) => {
    const key = newKey();
    const cause = new Error('the instance went away');
    const body = Readable.from(failAfter(sent, cause));
    const stored = storage.put(key, body, { size: mib * MIB, contentType: 'image/png' });
    await expect(stored).rejects.toMatchObject({ name: 'ObjectBodyError', cause });
    expect(await keysBelow(key)).toEqual([]);
    expect(await storage.removeUnfinished('', 0)).toBe(0);
  });

  it('leave nothing of a writer that was killed, once that is old enough', async () => {
    await leaveUnfinished(root);
    expect(await storage.removeUnfinished('', 3_600_000)).toBe(0);
    expect(await keysBelow('')).not.toContain(UNFINISHED);
    expect(await storage.removeUnfinished('', 0)).toBe(1);
    expect(await storage.removeUnfinished('', 0)).toBe(0);
  });

  if (isDisk) {
    it('cannot be sent past us', async () => {
      const options = { size: 5, contentType: 'image/png', expiresInS: 60 };
      expect(await storage.presignPut(newKey(), options)).toBeNull();
    });
  } else {
    const sign = async (key: string, changed: Partial<PresignPutOptions> = {}) => {
      const options = { size: 5, contentType: 'image/png', expiresInS: 60, ...changed };
      const signed = await storage.presignPut(key, options);
      if (!signed) throw new Error('nothing was signed');
      return signed;
    };
    const send = async ({ url }: { url: string }, type: string, body: string) => {
      const request = { method: 'PUT', headers: { 'content-type': type }, body };
      return (await fetch(url, request)).status;
    };

    it('leave alone what other applications are writing to the same bucket', async () => {
      await leaveUnfinished(root);
      expect(await storage.removeUnfinished('of-ours/', 0)).toBe(0);
      expect(await storage.removeUnfinished('', 0)).toBe(1);
    });

    it('are sent past us as they were signed', async () => {
      const key = newKey();
      const { url, method, headers, expires_at } = await sign(key);
      expect((await fetch(url, { method, headers, body: '12345' })).status).toBe(200);
      expect(await read(key)).toEqual({ size: 5, text: '12345' });
      const leftS = ((expires_at?.getTime() ?? 0) - Date.now()) / 1000;
      expect(Math.round(leftS)).toBeLessThanOrEqual(60);
      expect(leftS).toBeGreaterThan(50);
    });

    it.each([
      ['a longer body', 'image/png', '123456'],
      ['a shorter body', 'image/png', '1234'],
      ['another type', 'text/html', '12345'],
    ])('are refused when %s is sent than was signed', async (_, type, body) => {
      const key = newKey();
      expect(await send(await sign(key), type, body)).toBe(403);
      expect(await storage.head(key)).toBeNull();
    });

    it('are refused under another key than was signed', async () => {
      const [key, other] = [newKey(), newKey()];
      const url = (await sign(key)).url.replace(key, other);
      expect(await send({ url }, 'image/png', '12345')).toBe(403);
      expect(await storage.head(other)).toBeNull();
    });

    it('are refused when the signature has expired', async () => {
      const signed = await sign(newKey(), { expiresInS: 1 });
      await eventually(async () => {
        expect(await send(signed, 'image/png', '12345')).toBe(403);
      });
    });
  }

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
  for (let sent = 0; sent < bytes; sent += MIB) yield Buffer.alloc(Math.min(MIB, bytes));
  await Promise.resolve();
  throw error;
}

const UNFINISHED = 'unfinished';

async function leaveFile(root: string): Promise<void> {
  await mkdir(join(root, '.incoming'), { recursive: true });
  await writeFile(join(root, '.incoming', UNFINISHED), 'x');
}

async function leaveUpload(): Promise<void> {
  const client = createClient({ ...options, ...s3, bucket });
  const upload = { Bucket: bucket, Key: UNFINISHED };
  await client.send(new CreateMultipartUploadCommand(upload));
  client.destroy();
}
