import { readdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Problem } from '@avatarforge/contracts';
import { eventually } from '@avatarforge/testing';
import sharp from 'sharp';
import { pictureBytes } from './fixtures/pictures';
import { startTestApi, type TestApi } from './fixtures/startTestApi';

const PREFIX = '/avatarforge-controller';
const UPLOAD = `${PREFIX}/upload/pose_image`;
const GENERATE = `${PREFIX}/generate/avatar`;
const NO_ONE = '01980000-0000-7000-8000-000000000000';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ auth: false });
}, 60_000);

const rows = async () =>
  api.database.query<{ files: string; generations: string }>(
    'SELECT (SELECT count(*) FROM files) AS files, (SELECT count(*) FROM generations) AS generations',
  );

/** The problem it is answered with; nothing is stored, and nothing is told that is nobody's business. */
async function refused(send: () => Promise<Response>): Promise<Problem> {
  const before = await rows();
  const response = await send();
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(JSON.stringify(problem)).not.toMatch(/SELECT|node_modules|\/tmp\/|at \w+ \(/);
  expect(await rows()).toEqual(before);
  return problem;
}

const pointers = ({ errors = [] }: Problem) => [...new Set(errors.map(({ pointer }) => pointer))];

test.each([
  ['no prompt', {}, '/prompt'],
  ['an empty prompt', { prompt: '' }, '/prompt'],
  ['a prompt of two characters', { prompt: 'ab' }, '/prompt'],
  ['a prompt of spaces', { prompt: '        ' }, '/prompt'],
  ['a prompt of 4,001 characters', { prompt: 'x'.repeat(4001) }, '/prompt'],
  ['a prompt with NUL', { prompt: 'a\0bcd' }, '/prompt'],
  ['a prompt that is a number', { prompt: 12345 }, '/prompt'],
  ['a prompt that is a list', { prompt: ['abc'] }, '/prompt'],
  ['a width of text', { prompt: 'abc', width: 'wide' }, '/width'],
  ['a width that is no multiple of 8', { prompt: 'abc', width: 511 }, '/width'],
  ['negative steps', { prompt: 'abc', steps: -1 }, '/steps'],
  ['a seed that is too large', { prompt: 'abc', seed: 2 ** 60 }, '/seed'],
  ['realism that is a word', { prompt: 'abc', realism: 'yes' }, '/realism'],
  ['a file that is none', { prompt: 'abc', pose_file_id: 'nope' }, '/pose_file_id'],
  ['a file of nobody', { prompt: 'abc', reference_file_id: NO_ONE }, '/reference_file_id'],
  [
    'a path in place of a file',
    { prompt: 'abc', pose_file_id: '../../etc/passwd' },
    '/pose_file_id',
  ],
  ['broken base64', { prompt: 'abc', pose_image: '%%%' }, '/pose_image'],
  [
    'a data URL without data',
    { prompt: 'abc', pose_image: 'data:image/png;base64,' },
    '/pose_image',
  ],
  ['base64 of text', { prompt: 'abc', reference_image: 'aGVsbG8gd29ybGQ=' }, '/reference_image'],
  ['a path in place of a picture', { prompt: 'abc', pose_image: '/etc/hostname' }, '/pose_image'],
  ['a relative path', { prompt: 'abc', pose_image: '../../etc/passwd' }, '/pose_image'],
  ['an address', { prompt: 'abc', pose_image: 'file:///etc/passwd' }, '/pose_image'],
])('%s is refused, naming the field', async (_name, body, pointer) => {
  const problem = await refused(() => api.postJson(GENERATE, body));
  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.status).toBeLessThan(500);
  expect(pointers(problem)).toEqual([pointer]);
});

test.each([
  ['malformed JSON', '{"prompt": "abc"', 400, 'invalid_json'],
  ['JSON that is a word', '"abc"', 400, 'invalid_json'],
  ['an empty body', '', 422, 'validation_failed'],
  ['a list', '[]', 422, 'validation_failed'],
  ['JSON nested 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), 422, 'validation_failed'],
])('%s is refused', async (_name, body, status, code) => {
  expect(await refused(() => api.postJson(GENERATE, body))).toMatchObject({ status, code });
});

test.each([
  ['/v1/generations', 413, 'payload_too_large'],
  [GENERATE, 422, 'validation_failed'],
])('10 MB of JSON to %s is refused', async (path, status, code) => {
  const body = JSON.stringify({ prompt: 'x'.repeat(10 * 1024 ** 2) });
  expect(await refused(() => api.postJson(path, body))).toMatchObject({ status, code });
});

test('a compressed body where pictures may stand is refused: it may hide any number of bytes', async () => {
  const body = gzipSync(JSON.stringify({ prompt: 'abc', pose_image: 'A'.repeat(60 * 1024 ** 2) }));
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  const send = () => api.fetch(GENERATE, { method: 'POST', body, headers });
  expect(await refused(send)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
});

test('more than 70 MB of JSON is refused', async () => {
  const send = () => api.postJson(GENERATE, 'x'.repeat(71 * 1024 ** 2));
  expect(await refused(send)).toMatchObject({ status: 413, code: 'payload_too_large' });
});

test('a sender who takes long with a large body keeps nobody waiting', async () => {
  const { hostname, port } = new URL(api.url);
  const slow = createConnection(Number(port), hostname);
  slow.write(
    `POST ${GENERATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
      `Content-Length: 50000000\r\n\r\n{"prompt": "`,
  );
  await eventually(async () => (await readdir(api.uploadFolder)).length === 1);
  const body = { prompt: 'x'.repeat(2 * 1024 ** 2) };
  expect((await refused(() => api.postJson(GENERATE, body))).status).toBe(422);
  slow.destroy();
  await eventually(async () => (await readdir(api.uploadFolder)).length === 0);
});

test.each(['-8640000000000000', '-1e15', '253402300800000', 'x'])(
  'a cursor of the time %s is refused',
  async (time) => {
    const cursor = Buffer.from(`${time} ${NO_ONE}`).toString('base64url');
    for (const list of ['/v1/generations', '/v1/files']) {
      const problem = await refused(() => api.fetch(`${list}?cursor=${cursor}`));
      expect(pointers(problem)).toEqual(['query/cursor']);
    }
  },
);

test('a time before time is refused', async () => {
  const send = () => api.fetch('/v1/generations?created_after=0000-01-01T00:00:00Z');
  expect(pointers(await refused(send))).toEqual(['query/created_after']);
});

test.each(['', '?pose=', '?pose=upside-down', '?pose=front&pose=side', '?pose=__proto__'])(
  'generate_pose%s names no pose',
  async (query) => {
    const send = () => api.postJson(`${PREFIX}/generate_pose${query}`, { prompt: 'abc' });
    const problem = await refused(send);
    expect([400, 422]).toContain(problem.status);
    expect(pointers(problem)).toEqual(['query/pose']);
  },
);

test('an unknown pose is 400', async () => {
  const send = () => api.postJson(`${PREFIX}/generate_pose?pose=top`, { prompt: 'abc' });
  expect(await refused(send)).toMatchObject({ status: 400, code: 'unknown_pose' });
});

test.each([
  ['limit=-1', 'query/limit'],
  ['limit=0', 'query/limit'],
  ['limit=101', 'query/limit'],
  ['limit=ten', 'query/limit'],
  ['limit=1&limit=2', 'query/limit'],
  ['offset=-1', 'query/offset'],
  ['offset=99999999999999999999', 'query/offset'],
  ['offset=1e300', 'query/offset'],
  ['offset=0.5', 'query/offset'],
  ['status=sleeping', 'query/status'],
])('a list with %s is refused', async (query, pointer) => {
  const problem = await refused(() => api.fetch(`${PREFIX}/generations?${query}`));
  expect(pointers(problem)).toEqual([pointer]);
});

test('a page far behind the end is empty', async () => {
  const answer = await api.fetch(`${PREFIX}/generations?offset=9999999&status=`);
  expect(await answer.json()).toEqual({ total: 0, generations: [], limit: 50, offset: 9999999 });
});

test.each(['0', '366', 'all', '-5', '1.5'])('orphans of %s days are refused', async (days) => {
  const send = () => api.fetch(`${PREFIX}/cleanup/orphaned-files?days=${days}`, { method: 'POST' });
  expect(pointers(await refused(send))).toEqual(['query/days']);
});

test.each([
  ['GET', `${PREFIX}/files/nope`],
  ['GET', `${PREFIX}/files/${NO_ONE}`],
  ['GET', `${PREFIX}/files/%00`],
  ['GET', `${PREFIX}/files/..%2f..%2fetc%2fpasswd`],
  ['DELETE', `${PREFIX}/files/nope`],
  ['DELETE', `${PREFIX}/files/${NO_ONE}?force=true`],
  ['GET', `${PREFIX}/generations/nope`],
  ['GET', `${PREFIX}/generations/%00`],
  ['DELETE', `${PREFIX}/generations/${NO_ONE}`],
  ['GET', '/v1/files/nope/content'],
  ['GET', `/v1/files/by-hash/${'0'.repeat(64)}`],
  ['GET', '/v1/files/by-hash/%00'],
  ['DELETE', `/v1/files/${NO_ONE}`],
  ['POST', '/v1/files/uploads/nope/complete'],
  ['POST', `/v1/files/uploads/${NO_ONE}/complete`],
  ['POST', `/v1/generations/${NO_ONE}/cancel`],
  ['DELETE', '/v1/generations/nope'],
])('%s %s is of nothing', async (method, path) => {
  const problem = await refused(() => api.fetch(path, { method }));
  expect(problem).toMatchObject({ status: 404, code: 'not_found' });
});

test.each([
  ['nothing', ''],
  ['NUL', '%00'],
  ['too short', 'abc'],
  ['not hexadecimal', 'z'.repeat(64)],
])('a hash that is %s is of no file', async (_name, hash) => {
  const answer = await api.fetch(`${PREFIX}/files/hash/${hash || '%20'}`);
  expect(await answer.json()).toMatchObject({ exists: false, file_id: null });
});

const png = () => pictureBytes();
const noisy = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });

describe('a file that is refused', () => {
  test.each<[string, number, () => Promise<Buffer> | Buffer]>([
    ['text named .png', 415, () => Buffer.from('I am a picture, really.')],
    ['zero bytes', 422, () => Buffer.alloc(0)],
    [
      'SVG',
      415,
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>'),
    ],
    ['HTML', 415, () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['PDF', 415, () => Buffer.from('%PDF-1.7\n')],
    [
      'a truncated PNG',
      422,
      async () => (await noisy(300, 300).png().toBuffer()).subarray(0, 5000),
    ],
    [
      'a truncated JPEG',
      422,
      async () => (await noisy(300, 300).jpeg().toBuffer()).subarray(0, 5000),
    ],
    ['a pixel bomb', 422, () => bomb(60_000, 60_000)],
    ['an image with a side of 63', 422, () => pictureBytes({ width: 63, height: 64 })],
    ['a GIF', 415, () => pictureBytes({ format: 'gif' })],
    ['an animated WEBP', 415, () => animation()],
  ])('%s', async (_name, status, make) => {
    const bytes = await make();
    const problem = await refused(() => api.upload(UPLOAD, bytes, { filename: 'x.png' }));
    expect(problem.status).toBe(status);
    expect(pointers(problem)).toEqual(['/file']);
  });

  test('51 MB', async () => {
    const problem = await refused(() => api.upload(UPLOAD, Buffer.alloc(51 * 1024 ** 2)));
    expect(problem).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(pointers(problem)).toEqual(['/file']);
  });

  test('with NUL in its name', async () => {
    const bytes = await png();
    const problem = await refused(() => api.upload(UPLOAD, bytes, { filename: 'a\0b.png' }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_upload' });
    expect(pointers(problem)).toEqual(['/file']);
  });

  test('in another field', async () => {
    const bytes = await png();
    const problem = await refused(() => api.upload(UPLOAD, bytes, { field: 'picture' }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_upload' });
    expect(problem.detail).toContain('“file”');
  });
});

describe('a file that is accepted', () => {
  test.each(['../../etc/passwd', '..', '.', 'C:\\x\\y.png', '"; rm -rf /', 'é'.repeat(400)])(
    'under the name %j is only called so',
    async (filename) => {
      const answer = await api.upload(UPLOAD, await png(), { filename });
      const { filename: stored } = (await answer.json()) as { filename: string };
      expect(answer.status).toBe(200);
      expect(stored).not.toMatch(/[/\\\0]/);
      expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(255);
    },
  );

  test.each<[string, () => Promise<Buffer>, string]>([
    ['a 16-bit PNG', () => noisy(80, 70).toColourspace('rgb16').png().toBuffer(), 'image/png'],
    ['a CMYK JPEG', () => noisy(80, 70).toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg'],
  ])('%s is served with 8 bits in sRGB', async (_name, make, type) => {
    const answer = await api.upload(UPLOAD, await make());
    const { url, mime_type } = (await answer.json()) as { url: string; mime_type: string };
    expect(mime_type).toBe(type);
    const served = Buffer.from(await (await api.fetch(url)).arrayBuffer());
    expect(await sharp(served).metadata()).toMatchObject({ depth: 'uchar', space: 'srgb' });
  });

  test('a polyglot loses its other half', async () => {
    const answer = await api.upload(
      UPLOAD,
      Buffer.concat([await png(), Buffer.from('PK\x03\x04<script>')]),
    );
    const { url } = (await answer.json()) as { url: string };
    const served = Buffer.from(await (await api.fetch(url)).arrayBuffer());
    expect(served.includes('<script>')).toBe(false);
    expect((await sharp(served).metadata()).format).toBe('png');
  });
});

/** A PNG that says it has so many pixels. */
async function bomb(width: number, height: number): Promise<Buffer> {
  const { crc32 } = await import('node:zlib');
  const bytes = Buffer.from(await png());
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

function animation(): Promise<Buffer> {
  const raw = { width: 64, height: 128, channels: 3, pageHeight: 64 } as const;
  return sharp(Buffer.alloc(64 * 128 * 3, 120).fill(20, 64 * 64 * 3), { raw })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer();
}
