import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findMissing, waitUntilReady } from './readiness';

let server: Server;
let url: string;
let answer: { status: number; body: object };

beforeEach(async () => {
  server = createServer((_, response) => {
    response.writeHead(answer.status, { connection: 'close' }).end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
});

test.each([
  [503, { status: 'starting' }, /The API is not ready: .*starting/],
  [200, { pool: { workers: 0, instances_healthy: 1 } }, /No worker/],
  [200, { pool: { workers: 1, instances_healthy: 0 } }, /No ComfyUI instance/],
])('an answer %i %j says what is missing', async (status, body, expected) => {
  answer = { status, body };
  expect(await findMissing(url)).toMatch(expected);
});

test('a worker and a healthy instance are enough', async () => {
  answer = { status: 200, body: { pool: { workers: 1, instances_healthy: 2 } } };
  const signal = new AbortController().signal;
  await waitUntilReady(url, { timeoutMs: 1_000, signal, todo: 'Look.' });
});

test('when the time is over, what is missing is told', async () => {
  server.close();
  await once(server, 'close');
  const signal = new AbortController().signal;
  const waiting = waitUntilReady(url, { timeoutMs: 0, signal, todo: 'Look at the logs.' });
  await expect(waiting).rejects.toThrow(/The API does not answer\. Look at the logs\./);
});
