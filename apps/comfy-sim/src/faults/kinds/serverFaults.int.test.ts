import { eventually, quick } from '../../fixtures/simClient';
import { createComfySim } from '../../index';
import { failure, givenSim, smallGraph, stopSims } from '../fixtures/givenSim';

afterEach(stopSims);

describe('crash', () => {
  test('sockets close with 1006, connections are refused, and all memory is lost', async () => {
    const { sim, client, listen } = await givenSim();
    const socket = await listen('a');
    const [file] = await client.run(smallGraph());
    sim.faults.add({ kind: 'node_hang' });
    const running = await client.submit(smallGraph(2));
    await client.submit(smallGraph(3));
    sim.faults.add({ kind: 'crash', down_ms: 500 });
    expect(await socket.closed()).toBe(1006);
    expect(await failure(fetch(`${client.url}/prompt`))).toBe('ECONNREFUSED');
    sim.faults.clear();
    await eventually(
      async () => (await failure(fetch(`${client.url}/prompt`))) === 'no failure' || undefined,
    );
    expect(await client.get('/queue')).toEqual({ queue_running: [], queue_pending: [] });
    expect(await client.get('/history')).toEqual({});
    const answer = await client.post('/prompt', { prompt: smallGraph() });
    expect(answer).toMatchObject({ status: 200, number: 0 });
    // The cache is gone, so the same graph writes another file; the first one is still there.
    const [again] = await client.run(smallGraph());
    expect([file?.filename, again?.filename]).toEqual(['small_00001_.png', 'small_00002_.png']);
    expect((await client.download(file)).length).toBeGreaterThan(0);
    expect(sim.executions()).toContainEqual(
      expect.objectContaining({ prompt_id: running, outcome: 'lost' }),
    );
  });

  test.each(['prompt.queued', 'run.started', 'node.run', 'run.succeeded', 'http.request'] as const)(
    'at %s nothing gets into the history',
    async (at) => {
      const { sim, client } = await givenSim();
      sim.faults.add({ kind: 'crash', at, times: 1 });
      await failure(client.submit(smallGraph()));
      await eventually(
        async () => (await failure(fetch(client.url))) === 'ECONNREFUSED' || undefined,
      );
      const { url } = await sim.start();
      expect(url).toBe(client.url);
      expect(await client.get('/history')).toEqual({});
      expect(await client.run(smallGraph())).toHaveLength(1);
    },
  );

  test('without down_ms it stays down, and a program is told to die', async () => {
    const die = jest.fn();
    const sim = createComfySim(quick, die);
    const { url } = await sim.start();
    sim.faults.add({ kind: 'crash' });
    await eventually(async () => (await failure(fetch(url))) === 'ECONNREFUSED' || undefined);
    expect(die).toHaveBeenCalledTimes(1);
    await sim.stop();
  });

  test('at history.written the last words are lost with the history', async () => {
    const { sim, client, listen } = await givenSim();
    const socket = await listen('a');
    sim.faults.add({ kind: 'crash', at: 'history.written', times: 1 });
    const id = await client.submit(smallGraph(), { client_id: 'a' });
    expect(await socket.closed()).toBe(1006);
    await sim.start();
    expect(await client.get(`/history/${id}`)).toEqual({});
    const last = socket.frames.at(-1);
    expect([last?.type, last?.data['node']]).not.toEqual(['executing', null]);
  });
});

test('slow_start: nothing listens before the time is over', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'slow_start', ms: 300 });
  await sim.stop();
  const before = Date.now();
  const started = sim.start();
  expect(await failure(fetch(client.url))).toBe('ECONNREFUSED');
  await started;
  expect(Date.now() - before).toBeGreaterThan(290);
  expect(await client.status('/prompt')).toBe(200);
});

test('connections_refused: open sockets and all memory stay', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  const id = await client.submit(smallGraph());
  await client.finished(id);
  sim.faults.add({ kind: 'connections_refused', ms: 400 });
  await eventually(async () => (await failure(fetch(client.url))) === 'ECONNREFUSED' || undefined);
  expect(socket.closeCode).toBeUndefined();
  await eventually(async () => (await failure(fetch(client.url))) === 'no failure' || undefined);
  expect(await client.get('/history')).toHaveProperty([id]);
});

test('history_lost: what was finished is unknown, what comes is not', async () => {
  const { sim, client } = await givenSim();
  const id = await client.submit(smallGraph());
  await client.finished(id);
  sim.faults.add({ kind: 'history_lost' });
  await eventually(async () => Object.keys(await client.get('/history')).length === 0 || undefined);
  expect(await client.status(`/api/jobs/${id}`)).toBe(404);
  expect(await client.run(smallGraph())).toHaveLength(1);
});

test('queue_cleared: what is pending is gone without a trace, what runs is not', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'node_hang' });
  const running = await client.submit(smallGraph());
  const pending = await client.submit(smallGraph(2));
  sim.faults.add({ kind: 'queue_cleared' });
  await eventually(async () => (await client.status(`/api/jobs/${pending}`)) === 404 || undefined);
  expect(await client.get('/history')).toEqual({});
  expect(await client.get(`/api/jobs/${running}`)).toMatchObject({ status: 'in_progress' });
});
