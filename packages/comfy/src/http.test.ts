import { createServer } from 'node:http';
import { createComfyClient } from './client';
import { ComfyUnavailableError } from './errors';
import type { CannedAnswer } from './fixtures/replayServer';
import { replaying } from './fixtures/using';

async function failure(answer: CannedAnswer | 'hang' | 'drop'): Promise<ComfyUnavailableError> {
  const { client } = await replaying(null, () => answer);
  const error: unknown = await client
    .systemStats({ timeoutMs: 500 })
    .catch((cause: unknown) => cause);
  if (error instanceof ComfyUnavailableError) return error;
  throw error;
}

test.each([
  ['a cut connection', 'drop' as const, true],
  ['no answer in time', 'hang' as const, true],
  ['an internal error', { status: 500, body: '500 Internal Server Error' }, true],
  ['a proxy without a server', { status: 503, body: '<html>' }, true],
  ['too many requests', { status: 429 }, true],
  ['a proxy that wants a password', { status: 401 }, false],
  ['a redirect to a login', { status: 302 }, false],
  ['a login page', { body: '<html>login', contentType: 'text/html' }, false],
  ['JSON of somebody else', { body: { hello: 'world' } }, false],
  ['broken JSON', { body: '{"system": ', contentType: 'application/json' }, false],
])('%s is an outage', async (_, answer, retryable) => {
  expect(await failure(answer)).toMatchObject({ retryable });
});

test('an outage has its cause and names the host, never the credentials', async () => {
  const { server } = await replaying(null);
  await server.close();
  const baseUrl = server.baseUrl.replace('//', '//me:secret@');
  const error = await createComfyClient({ baseUrl })
    .queueLength()
    .catch((cause: unknown) => cause);
  expect(error).toMatchObject({ retryable: true, reached: false, cause: { name: 'TypeError' } });
  expect(String(error)).toContain(new URL(baseUrl).host);
  expect(String(error)).not.toContain('secret');
});

test('a signal ends a call with its own reason', async () => {
  const caller = new AbortController();
  const { client } = await replaying(null, () => {
    caller.abort(new Error('enough'));
    return 'hang';
  });
  await expect(client.queue({ signal: caller.signal })).rejects.toThrow('enough');
});

test('the deadline covers the body too', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const client = createComfyClient({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 500 });
  await expect(client.queue()).rejects.toMatchObject({
    name: 'ComfyUnavailableError',
    retryable: true,
  });
  server.closeAllConnections();
  server.close();
});

test('pitfall 17: no request carries an Origin', async () => {
  const { client, server } = await replaying('http_misc');
  await client.queueLength();
  await client.deleteQueued('x');
  for (const { headers } of server.seen) expect(headers).not.toHaveProperty('origin');
});

test('credentials and a path of the address are used', async () => {
  const { server } = await replaying(null, () => ({ body: { exec_info: { queue_remaining: 2 } } }));
  const baseUrl = `${server.baseUrl.replace('//', '//me:pass@')}/gpu/`;
  expect(await createComfyClient({ baseUrl }).queueLength()).toBe(2);
  expect(server.seen[0]).toMatchObject({
    path: '/gpu/api/prompt',
    headers: { authorization: `Basic ${Buffer.from('me:pass').toString('base64')}` },
  });
});

test('an address that is none is refused at once', () => {
  expect(() => createComfyClient({ baseUrl: 'ftp://x' })).toThrow(TypeError);
  expect(() => createComfyClient({ baseUrl: 'gpu-1:8188' })).toThrow(TypeError);
});
