import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitUntilReady } from './readiness';

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

const limits = {
  timeoutMs: 100,
  poolTimeoutMs: 100,
  signal: new AbortController().signal,
  todo: 'Look at the logs.',
};

test.each([
  [503, { status: 'starting' }, /The API is not ready: .*starting/],
  [200, { pool: { workers: 0, instances_healthy: 1 } }, /No worker/],
])('when the time is over, an answer %i %j says what is missing', async (status, body, words) => {
  answer = { status, body };
  await expect(waitUntilReady(url, limits)).rejects.toThrow(words);
});

test('a worker and a healthy instance are enough', async () => {
  answer = { status: 200, body: { pool: { workers: 1, instances_healthy: 2 } } };
  expect(await waitUntilReady(url, limits)).toBe(true);
});

test('without a healthy instance it is up all the same, and that is told', async () => {
  answer = { status: 200, body: { pool: { workers: 1, instances_healthy: 0 } } };
  expect(await waitUntilReady(url, limits)).toBe(false);
});

test('an API that does not answer is told, with what to do', async () => {
  server.close();
  await once(server, 'close');
  await expect(waitUntilReady(url, { ...limits, timeoutMs: 0 })).rejects.toThrow(
    /The API does not answer\. Look at the logs\./,
  );
});
