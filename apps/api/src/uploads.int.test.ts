import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { Problem } from '@avatarforge/contracts';
import { cleanUp } from '@avatarforge/services';
import { eventually } from '@avatarforge/testing';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const POSE = '/avatarforge-controller/upload/pose_image';
const REFERENCE = '/avatarforge-controller/upload/reference_image';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ auth: false });
}, 60_000);
const readUpload = (response: Response) => readAnswer('uploadPoseImage', response);

async function expectProblem(response: Response, status: number, code: string) {
  const problem = Problem.parse(await response.json());
  expect(problem).toMatchObject({ status, code });
  expect(response.status).toBe(status);
  return problem;
}

async function countObjects(bytes: Buffer): Promise<number> {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const names = await readdir(`${api.storageRoot}/sha256/${hash}`);
  return names.length;
}

test.each(['png', 'jpeg', 'webp'] as const)(
  'a %s is stored and comes back as it was sent',
  async (format) => {
    const bytes = await pictureBytes({ format });
    const uploaded = await readUpload(await api.upload(POSE, bytes, { filename: `a.${format}` }));
    expect(uploaded).toMatchObject({
      filename: `a.${format}`,
      content_hash: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
      mime_type: `image/${format}`,
      dimensions: { width: 96, height: 80 },
      is_duplicate: false,
    });
    const download = await api.fetch(uploaded.url);
    expect(download.headers.get('content-type')).toBe(`image/${format}`);
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  },
);

test('the same bytes again are the same file, whatever they are sent as', async () => {
  const bytes = await pictureBytes({ colour: 'red' });
  const first = await readUpload(await api.upload(POSE, bytes));
  const again = await readUpload(await api.upload(REFERENCE, bytes, { filename: 'other.png' }));
  expect(again).toEqual({ ...first, is_duplicate: true });
});

test('the same bytes sent 200 times at once become one file, one blob and, once cleaned up, one object', async () => {
  const bytes = await pictureBytes({ colour: 'green' });
  const uploads = await Promise.all(
    Array.from({ length: 200 }, async () => readUpload(await api.upload(POSE, bytes))),
  );
  expect(new Set(uploads.map((upload) => upload.file_id)).size).toBe(1);
  expect(uploads.filter((upload) => !upload.is_duplicate)).toHaveLength(1);
  const blobs = await api.database.query('SELECT 1 FROM blobs WHERE sha256 = $1', [
    uploads[0]?.content_hash,
  ]);
  expect(blobs).toHaveLength(1);
  await cleanUp(api, { scan_storage: false, dry_run: false });
  expect(await countObjects(bytes)).toBe(1);
});

test('a file that was deleted is revived by its bytes', async () => {
  const bytes = await pictureBytes({ colour: 'blue' });
  const first = await readUpload(await api.upload(POSE, bytes));
  await api.database.query('UPDATE files SET deleted_at = now() WHERE id = $1', [first.file_id]);
  expect((await api.fetch(first.url)).status).toBe(404);
  const again = await readUpload(await api.upload(POSE, bytes));
  expect(again.file_id).toBe(first.file_id);
  expect((await api.fetch(first.url)).status).toBe(200);
});

test('a name from outside is only a name', async () => {
  const bytes = await pictureBytes({ colour: 'yellow' });
  const filename = '../../etc/é"\u202e\npose.png';
  const uploaded = await readUpload(await api.upload(POSE, bytes, { filename }));
  expect(uploaded.filename).toBe('é"pose.png');
  const download = await api.fetch(uploaded.url);
  expect(download.headers.get('content-disposition')).toBe(
    `inline; filename="__pose.png"; filename*=UTF-8''%C3%A9%22pose.png`,
  );
});

describe('what is refused', () => {
  test('text that calls itself a picture', async () => {
    const response = await api.upload(POSE, Buffer.from('I am a picture, really.'));
    await expectProblem(response, 415, 'unsupported_media_type');
  });

  test('a picture of another kind', async () => {
    const response = await api.upload(POSE, await pictureBytes({ format: 'gif' }));
    await expectProblem(response, 415, 'unsupported_media_type');
  });

  test.each(['png', 'jpeg', 'webp'] as const)('a %s that ends too early', async (format) => {
    const whole = await pictureBytes({ format, width: 700, height: 700 });
    const response = await api.upload(POSE, whole.subarray(0, whole.length - 40));
    await expectProblem(response, 422, 'image_unreadable');
  });

  test('no bytes at all', async () => {
    await expectProblem(await api.upload(POSE, Buffer.alloc(0)), 422, 'image_unreadable');
  });

  test.each([
    ['too small', 63, 64],
    ['too large', 64, 4097],
  ])('a picture that is %s', async (_name, width, height) => {
    const bytes = await pictureBytes({ width, height });
    const problem = await expectProblem(await api.upload(POSE, bytes), 422, 'image_dimensions');
    expect(problem.detail).toContain(`${width} × ${height} pixels`);
    expect(problem.errors).toEqual([{ pointer: '/file', message: problem.detail }]);
  });

  test('more than 50 MB', async () => {
    const response = await api.upload(POSE, Buffer.alloc(51 * 1024 ** 2, 7));
    await expectProblem(response, 413, 'payload_too_large');
  });

  test('another field than `file`', async () => {
    const response = await api.upload(POSE, await pictureBytes(), { field: 'image' });
    await expectProblem(response, 400, 'invalid_upload');
  });

  test('two files', async () => {
    const form = new FormData();
    form.append('file', new Blob([await pictureBytes({ colour: 'pink' })]), 'a.png');
    form.append('file', new Blob([await pictureBytes({ colour: 'gold' })]), 'b.png');
    const response = await api.fetch(POSE, { method: 'POST', body: form });
    await expectProblem(response, 400, 'invalid_upload');
  });

  test.each([
    ['no form', 'image/png'],
    ['a form without boundary', 'multipart/form-data'],
    ['a form that is none', 'multipart/form-data; boundary=x'],
  ])('%s', async (_name, type) => {
    const init = { method: 'POST', headers: { 'Content-Type': type }, body: 'hello' };
    await expectProblem(await api.fetch(POSE, init), 400, 'invalid_upload');
  });
});

test('a client that goes away in the middle leaves no file behind', async () => {
  const { hostname, port } = new URL(api.url);
  const socket = createConnection(Number(port), hostname);
  socket.write(
    `POST ${POSE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n` +
      'Content-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' +
      'x'.repeat(20_000),
  );
  await eventually(async () => (await readdir(api.uploadFolder)).length === 1);
  socket.destroy();
  await eventually(async () => (await readdir(api.uploadFolder)).length === 0);
});

describe('downloads', () => {
  let url: string;
  let bytes: Buffer;
  beforeAll(async () => {
    bytes = await pictureBytes({ colour: 'teal' });
    const uploaded = await readUpload(await api.upload(POSE, bytes));
    url = uploaded.url;
  });

  test('say how they may be kept, and are not sent to those who have them', async () => {
    const response = await api.fetch(url);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
    });
    const etag = response.headers.get('etag') ?? '';
    const again = await api.fetch(url, { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
  });

  test('can be taken in parts', async () => {
    const response = await api.fetch(url, { headers: { Range: 'bytes=10-19' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 10-19/${bytes.length}`);
    const part = Buffer.from(await response.arrayBuffer());
    expect(part.equals(bytes.subarray(10, 20))).toBe(true);
  });

  test.each([['bytes=999999-'], ['bytes=0-1,5-6'], ['lines=1-2']])(
    'are whole for the range %s',
    async (range) => {
      const response = await api.fetch(url, { headers: { Range: range } });
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(bytes.length);
    },
  );

  test('a part of other bytes is the whole', async () => {
    const headers = { Range: 'bytes=0-1', 'If-Range': '"other"' };
    expect((await api.fetch(url, { headers })).status).toBe(200);
  });

  test('HEAD tells the size without the bytes', async () => {
    const response = await api.fetch(url, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('an id that is none, or of nothing, is not found', async () => {
    for (const id of ['nope', '..%2f..%2fetc', '01980000-0000-7000-8000-000000000000']) {
      await expectProblem(await api.fetch(`/avatarforge-controller/files/${id}`), 404, 'not_found');
    }
  });

  test('bytes that are gone from storage are our fault, and nothing is told', async () => {
    const lost = await readUpload(await api.upload(POSE, await pictureBytes({ colour: 'gray' })));
    await api.database.query(`UPDATE blobs SET object_key = 'sha256/gone' WHERE sha256 = $1`, [
      lost.content_hash,
    ]);
    const response = await api.fetch(lost.url);
    const problem = await expectProblem(response, 500, 'internal_error');
    expect(JSON.stringify(problem)).not.toContain('gone');
    expect(response.headers.get('cache-control')).toBeNull();
  });
});

test('no upload, whatever became of it, has left a file behind', async () => {
  // The client may have its answer a moment before the file is removed.
  await eventually(async () => (await readdir(api.uploadFolder)).length === 0);
});
