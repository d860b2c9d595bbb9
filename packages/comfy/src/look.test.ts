import { createComfyClient } from './client';
import { promptIdOf, recordedHttp, type Override } from './fixtures/replayServer';
import { replaying } from './fixtures/using';

const noJobsRoute: Override = ({ path }) => (path.startsWith('/api/jobs') ? { status: 404 } : null);

test.each([
  ['success', 'success'],
  ['fully_cached', 'success'],
  ['node_error', 'error'],
  ['node_oom', 'error'],
  ['interrupted', 'interrupted'],
  ['txt2img_preview_legacy', 'success'],
])('pitfall 2: %s: one request tells the verdict, no socket needed', async (name, outcome) => {
  const { client, server } = await replaying(name);
  const found = await client.look(promptIdOf(name));
  expect(found).toMatchObject({ state: 'finished', verdict: { outcome } });
  expect(server.seen).toHaveLength(1);
});

test.each(['success', 'node_error', 'fully_cached'])(
  '%s: history tells the same as the job',
  async (name) => {
    const byJob = await (await replaying(name)).client.look(promptIdOf(name));
    const { client } = await replaying(name, (request) =>
      request.path === '/api/queue'
        ? { body: { queue_running: [], queue_pending: [] } }
        : noJobsRoute(request),
    );
    expect(await client.look(promptIdOf(name))).toEqual(byJob);
  },
);

test('pending, running and unknown jobs are told apart', async () => {
  const answers = [
    { body: { id: 'x', status: 'pending', priority: 3 } },
    { body: { id: 'x', status: 'in_progress', priority: 3 } },
    { status: 404, body: { error: 'Job not found' } },
  ];
  const { client } = await replaying(null, () => answers.shift()!);
  expect(await client.look('x')).toMatchObject({ state: 'pending' });
  expect(await client.look('x')).toMatchObject({ state: 'running' });
  expect(await client.look('x')).toEqual({ state: 'absent' });
});

test('pitfall 4: an empty history alone never means absent, the queue is read before it', async () => {
  const { client, server } = await replaying('interrupted', noJobsRoute);
  expect(await client.look(promptIdOf('interrupted'))).toMatchObject({ state: 'running' });
  const { client: idle, server: other } = await replaying('http_misc', noJobsRoute);
  expect(await idle.look('none')).toEqual({ state: 'absent' });
  const paths = (seen: { path: string }[]) => seen.map(({ path }) => path.split('/')[2]);
  expect(paths(server.seen)).toEqual(['jobs', 'queue']);
  expect(paths(other.seen)).toEqual(['jobs', 'queue', 'history']);
});

test('pitfall 19: a poisoned job list does not hide a prompt', async () => {
  const { client } = await replaying('two_queued', ({ path }) =>
    path.startsWith('/api/jobs') ? { status: 500, body: '500 Internal Server Error' } : null,
  );
  const second = recordedHttp('two_queued').filter(({ path }) => path === '/prompt')[1]!;
  const { prompt_id: waiting } = second.response as { prompt_id: string };
  expect(await client.look(promptIdOf('two_queued'))).toMatchObject({ state: 'running' });
  expect(await client.look(waiting)).toMatchObject({ state: 'pending' });
});

test('pitfall 12: history is never read as a whole', async () => {
  const { client, server } = await replaying('reconnect', (request) =>
    request.path === '/api/queue'
      ? { body: { queue_running: [], queue_pending: [] } }
      : noJobsRoute(request),
  );
  expect(await client.look(promptIdOf('reconnect'))).toMatchObject({ state: 'finished' });
  expect(server.seen.at(-1)!.path).toBe(`/api/history/${promptIdOf('reconnect')}`);
});

test('an outage is an error, never absent', async () => {
  for (const answer of [
    'drop',
    { status: 502 },
    { body: 'login', contentType: 'text/html' },
  ] as const) {
    const { client } = await replaying(null, () => answer);
    await expect(client.look('x')).rejects.toThrow('');
    await expect(client.look('x')).rejects.toMatchObject({ name: 'ComfyUnavailableError' });
  }
});

describe('pitfall 5: where ComfyUI makes ids of its own', () => {
  const tagged = (id: string, attempt: string) => [
    3,
    id,
    {},
    { client_id: 'x', avatarforge: { deployment: 'd', attempt } },
    [],
  ];
  const looking = async (running: unknown[], pending: unknown[], history: unknown = {}) => {
    const { server } = await replaying(null, ({ path }) => ({
      body: path === '/api/queue' ? { queue_running: running, queue_pending: pending } : history,
    }));
    const client = createComfyClient({ baseUrl: server.baseUrl, version: '0.3.44' });
    const found = await client.look('ours');
    return { found, paths: server.seen.map(({ path }) => path) };
  };

  test('ours is found in the queue by its tag', async () => {
    const { found } = await looking(
      [tagged('a', 'other')],
      [[1, 'b', {}, null, []], tagged('c', 'ours')],
    );
    expect(found).toEqual({ state: 'pending', promptId: 'c' });
    expect((await looking([tagged('c', 'ours')], [])).found).toMatchObject({ state: 'running' });
  });

  test('pitfall 12: and then among the recent history, whatever else is there', async () => {
    const status = { status_str: 'success', messages: [] };
    const entry = (id: string, attempt: string) => ({
      prompt: tagged(id, attempt),
      outputs: {},
      status,
    });
    const { found, paths } = await looking([], [], {
      a: entry('a', 'other'),
      odd: null,
      b: entry('b', 'ours'),
      older: { outputs: {} },
    });
    expect(found).toMatchObject({
      state: 'finished',
      promptId: 'b',
      verdict: { outcome: 'success' },
    });
    expect(paths).toEqual(['/api/queue', '/api/history?max_items=100']);
  });

  test('else it is absent', async () => {
    expect((await looking([tagged('a', 'other')], [])).found).toEqual({ state: 'absent' });
  });
});

test('a version without the route of jobs is not asked for it', async () => {
  const { client, server } = await replaying('0.3.64/interrupted');
  expect(await client.look(promptIdOf('0.3.64/interrupted'))).toMatchObject({ state: 'running' });
  expect(server.seen.map(({ path }) => path)).toEqual(['/api/queue']);
});
