import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../../fixtures/simClient';
import { failure, givenSim, smallGraph, stopSims, tick } from '../fixtures/givenSim';

afterEach(stopSims);

test.each([
  [200, 'text/html', '<title>Log in'],
  [400, null, ''],
  [401, 'text/html', '401 Authorization Required'],
  [403, null, ''],
  [404, 'application/octet-stream', ''],
  [413, 'text/plain; charset=utf-8', 'Maximum request body size 104857600 exceeded.'],
  [500, 'text/plain; charset=utf-8', '500 Internal Server Error\n\nServer got itself in trouble'],
  [502, 'text/html', '502 Bad Gateway'],
  [503, 'text/html', '503 Service'],
  [504, 'text/html', '504 Gateway Time-out'],
] as const)('http_error %d has the body of the real one', async (status, type, text) => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'http_error', status, match: { method: 'POST', path: '/prompt' } });
  const body = JSON.stringify({ prompt: smallGraph() });
  const response = await fetch(`${client.url}/api/prompt`, { method: 'POST', body });
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
  const answer = await response.text();
  if (text === '') expect(answer).toBe('');
  else expect(answer).toContain(text);
  expect(await client.get('/prompt')).toEqual({ exec_info: { queue_remaining: 0 } });
});

test('http_error refuses uploads, and sockets too', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'http_error', status: 400, match: { path: '/upload/*' } });
  expect(await client.upload(Buffer.from('a'), 'a.png')).toEqual({ status: 400 });
  sim.faults.add({ kind: 'http_error', status: 403, match: { path: '/ws' } });
  const socket = new WebSocket(`${client.url.replace('http', 'ws')}/api/ws`);
  const status = await new Promise((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode }) => {
      resolve(statusCode);
    });
  });
  expect(status).toBe(403);
});

test('a request for a socket can be slow, silent or cut as well', async () => {
  const { sim, client, listen } = await givenSim();
  const path = '/ws';
  const before = Date.now();
  sim.faults.add({ kind: 'http_slow', ms: 150, match: { path }, times: 1 });
  await listen('a');
  expect(Date.now() - before).toBeGreaterThan(140);
  sim.faults.add({ kind: 'http_cut', match: { path }, times: 1 });
  const connect = () => new WebSocket(`${client.url.replace('http', 'ws')}/ws`);
  const [error] = (await once(connect(), 'error')) as [Error];
  expect(error.message).toBe('socket hang up');
  sim.faults.add({ kind: 'http_silence', match: { path } });
  const silent = connect();
  silent.on('error', () => undefined);
  await eventually(() => tick(sim.faults.list().at(-1)?.bites === 1 || undefined));
  expect(silent.readyState).toBe(silent.CONNECTING);
});

test('http_slow lets the messages about a prompt precede the answer to its POST', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'http_slow', ms: 800, match: { path: '/prompt' } });
  const order: string[] = [];
  const submitted = client
    .submit(smallGraph(), { client_id: 'a' })
    .then(() => order.push('answer'));
  await socket.hears('execution_success');
  order.push('success');
  await submitted;
  expect(order).toEqual(['success', 'answer']);
});

test('http_slow can delay the work as well', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'http_slow', ms: 200, handled: false, match: { method: 'POST' } });
  const submitted = client.submit(smallGraph());
  expect(await client.get('/prompt')).toEqual({ exec_info: { queue_remaining: 0 } });
  await client.finished(await submitted);
});

test.each([true, false])(
  'http_silence never answers; the prompt is queued: %s',
  async (handled) => {
    const { sim, client } = await givenSim();
    sim.faults.add({ kind: 'http_silence', handled, match: { method: 'POST' } });
    const prompt_id = randomUUID();
    const body = JSON.stringify({ prompt: smallGraph(), prompt_id });
    const signal = AbortSignal.timeout(200);
    const answer = fetch(`${client.url}/prompt`, { method: 'POST', body, signal });
    await expect(answer).rejects.toThrow(/timeout/);
    if (handled) await client.finished(prompt_id);
    else expect(await client.status(`/api/jobs/${prompt_id}`)).toBe(404);
  },
);

test('http_cut breaks the connection after the work, before or amid the answer', async () => {
  const { sim, client } = await givenSim();
  const match = { method: 'POST', path: '/prompt', nth: 1 };
  sim.faults.add({ kind: 'http_cut', match });
  const prompt_id = randomUUID();
  expect(await failure(client.post('/prompt', { prompt: smallGraph(), prompt_id }))).toMatch(
    /UND_ERR_SOCKET|ECONNRESET/,
  );
  await client.finished(prompt_id);

  sim.faults.add({ kind: 'http_cut', bytes: 10, match: { path: '/system_stats' } });
  const response = await fetch(`${client.url}/system_stats`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow(/terminated/);

  sim.faults.add({ kind: 'http_cut', handled: false, match: { method: 'POST' } });
  const lost = randomUUID();
  expect(await failure(client.post('/prompt', { prompt: smallGraph(2), prompt_id: lost }))).toMatch(
    /UND_ERR_SOCKET|ECONNRESET/,
  );
  expect(await client.status(`/api/jobs/${lost}`)).toBe(404);
});

test('nan_json makes JSON.parse throw wherever custom nodes do', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'nan_json' });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  await socket.whole(id);
  const text = async (path: string) => (await fetch(client.url + path)).text();
  for (const path of [`/history/${id}`, `/api/jobs/${id}`, '/object_info']) {
    const body = await text(path);
    expect(() => JSON.parse(body) as unknown).toThrow(SyntaxError);
    expect(() => JSON.parse(body.replaceAll('NaN', 'null')) as unknown).not.toThrow();
  }
  const executed = socket.texts.find((frame) => frame.includes('"executed"')) ?? '';
  expect(executed).toContain('"score":[NaN]');
  expect(JSON.parse(await text('/queue'))).toEqual({ queue_running: [], queue_pending: [] });
});
