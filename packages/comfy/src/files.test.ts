import { createComfyClient } from './client';
import { OutputTooLargeError } from './errors';
import { replaying } from './fixtures/using';

const upload = { bytes: Buffer.from('PNG bytes'), filename: 'ab12.png', subfolder: 'af' };
const ref = { filename: 'img_00001_.png', subfolder: 'af/1', type: 'output' } as const;

test('pitfall 16: an upload never touches a file that a run may be reading, and the returned name counts', async () => {
  const { client, server } = await replaying(null, () => ({
    body: { name: 'ab12 (1).png', subfolder: 'af', type: 'input', asset: { id: 'x' } },
  }));
  expect(await client.uploadImage(upload)).toBe('af/ab12 (1).png');
  const { path, headers, body } = server.seen[0]!;
  expect(path).toBe('/api/upload/image');
  expect(headers['content-type']).toMatch(/^multipart\/form-data/);
  const form = body.toString().replaceAll('\r\n', '\n');
  expect(form).toContain(
    'name="image"; filename="ab12.png"\nContent-Type: application/octet-stream\n\nPNG bytes\n',
  );
  for (const [field, value] of Object.entries({
    type: 'input',
    subfolder: 'af',
  })) {
    expect(form).toContain(`name="${field}"\n\n${value}\n`);
  }
});

test('a name outside any folder is returned as it is', async () => {
  const { client } = await replaying(null, () => ({
    body: { name: 'a.png', subfolder: '', type: 'input' },
  }));
  expect(await client.uploadImage(upload)).toBe('a.png');
});

test.each([
  ['../x.png', 'af'],
  ['a/b.png', 'af'],
  ['a b.png', 'af'],
  ['', 'af'],
  ['x.png', '../etc'],
  ['x.png', '/af'],
  ['x.png', 'a..b'],
])('pitfall 25: %j in %j is never sent', async (filename, subfolder) => {
  const { client, server } = await replaying(null);
  await expect(client.uploadImage({ ...upload, filename, subfolder })).rejects.toThrow(TypeError);
  expect(server.seen).toEqual([]);
});

test('an output is downloaded whole', async () => {
  const { client, server } = await replaying(null, () => ({
    body: Buffer.from([1, 2, 3]),
    contentType: 'image/png',
  }));
  expect(await client.fetchOutput(ref, { maxBytes: 3 })).toEqual({
    bytes: Buffer.from([1, 2, 3]),
    contentType: 'image/png',
  });
  expect(server.seen[0]!.path).toBe(
    '/api/view?filename=img_00001_.png&subfolder=af%2F1&type=output',
  );
});

test('pitfall 10: a file that is gone is told, an empty one is an outage', async () => {
  const { client } = await replaying('http_misc');
  expect(await client.fetchOutput({ ...ref, filename: 'nope.png' }, { maxBytes: 9 })).toBeNull();
  const { client: other } = await replaying(null, () => ({ body: Buffer.alloc(0) }));
  await expect(other.fetchOutput(ref, { maxBytes: 9 })).rejects.toMatchObject({ retryable: true });
});

test('an output beyond the limit is not taken in', async () => {
  const { client } = await replaying(null, () => ({
    body: Buffer.alloc(1000),
    contentType: 'image/png',
  }));
  await expect(client.fetchOutput(ref, { maxBytes: 999 })).rejects.toThrow(OutputTooLargeError);
});

test('a refused output is an outage', async () => {
  const { client } = await replaying(null, () => ({ status: 403 }));
  await expect(client.fetchOutput(ref, { maxBytes: 9 })).rejects.toMatchObject({ status: 403 });
});

test('pitfall 10: a web page, or less than was declared, is no output', async () => {
  const { client } = await replaying(null, () => ({ body: '<html>', contentType: 'text/html' }));
  await expect(client.fetchOutput(ref, { maxBytes: 99 })).rejects.toMatchObject({
    retryable: false,
  });
  const headers = { 'content-length': '5', 'content-type': 'image/png' };
  const fetch = () => Promise.resolve(new Response('four', { headers }));
  const cut = createComfyClient({ baseUrl: 'http://gpu', fetch });
  await expect(cut.fetchOutput(ref, { maxBytes: 99 })).rejects.toMatchObject({ retryable: true });
});

test('a compressed output has another length than was declared', async () => {
  const headers = { 'content-length': '5', 'content-encoding': 'gzip' };
  const fetch = () => Promise.resolve(new Response('unpacked', { headers }));
  const client = createComfyClient({ baseUrl: 'http://gpu', fetch });
  expect((await client.fetchOutput(ref, { maxBytes: 99 }))?.bytes.toString()).toBe('unpacked');
});

test('the limit holds for an output of undeclared length', async () => {
  const body = new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new Uint8Array(400));
    },
  });
  const fetch = () => Promise.resolve(new Response(body));
  const client = createComfyClient({ baseUrl: 'http://gpu', fetch });
  await expect(client.fetchOutput(ref, { maxBytes: 999 })).rejects.toThrow(OutputTooLargeError);
});
