import { eventually, type Body } from '../../fixtures/simClient';
import { givenSim, smallGraph, stopSims } from '../fixtures/givenSim';

afterEach(stopSims);

test('zombie_worker: a start, then nothing ever, and prompts pile up', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'zombie_worker' });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  await socket.hears('execution_start');
  await client.post('/interrupt', {});
  await client.submit(smallGraph(2), { client_id: 'a' });
  const { queue_running, queue_pending } = await client.get('/queue');
  expect([queue_running, queue_pending]).toEqual([
    [expect.arrayContaining([id])],
    [expect.anything()],
  ]);
  expect(socket.frames.map(({ type }) => type).filter((type) => type !== 'status')).toEqual([
    'execution_start',
  ]);
  await sim.stop();
  expect(sim.executions()).toMatchObject([{ prompt_id: id, outcome: 'lost' }]);
});

test('worker_death: prompts are accepted and stay pending; a restart helps', async () => {
  const { sim, client } = await givenSim();
  expect(await client.run(smallGraph())).toHaveLength(1);
  const fault = sim.faults.add({ kind: 'worker_death' });
  const id = await client.submit(smallGraph(2));
  expect(await client.get(`/api/jobs/${id}`)).toMatchObject({ status: 'pending' });
  sim.faults.remove(fault);
  await client.submit(smallGraph(3));
  expect(await client.get('/queue')).toMatchObject({ queue_running: [], queue_pending: [{}, {}] });
  await sim.stop();
  await sim.start();
  expect(await client.run(smallGraph(2))).toHaveLength(1);
});

test('prompt_evicted: a pending prompt vanishes without a trace', async () => {
  const { sim, client } = await givenSim();
  const hang = sim.faults.add({ kind: 'node_hang' });
  await client.submit(smallGraph());
  sim.faults.add({ kind: 'prompt_evicted' });
  const id = await client.submit(smallGraph(2));
  expect(await client.status(`/api/jobs/${id}`)).toBe(404);
  expect(await client.get('/prompt')).toEqual({ exec_info: { queue_remaining: 1 } });
  sim.faults.clear();
  sim.faults.add({ kind: 'prompt_evicted', ms: 300 });
  const later = await client.submit(smallGraph(3));
  expect(await client.status(`/api/jobs/${later}`)).toBe(200);
  await eventually(async () => (await client.status(`/api/jobs/${later}`)) === 404 || undefined);
  expect(sim.faults.remove(hang)).toBe(false);
});

test('false_success: an error message, and a history that says success', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'false_success' });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  const { status } = (await client.finished(id)) as { status: Body };
  expect(status).toMatchObject({ status_str: 'success', completed: true });
  const messages = status['messages'] as [string, Body][];
  expect(messages.map(([event]) => event)).toEqual([
    'execution_start',
    'execution_cached',
    'execution_error',
  ]);
  expect(messages.at(-1)?.[1]).toMatchObject({ exception_type: 'graph.DependencyCycleError' });
  expect((await socket.whole(id)).slice(-2)).toEqual(['execution_error', 'executing']);
  expect(socket.frames.map(({ type }) => type)).not.toContain('execution_success');
});

test('outputs_empty: success without outputs', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'outputs_empty', times: 1 });
  const entry = await client.finished(await client.submit(smallGraph()));
  expect(entry).toMatchObject({ outputs: {}, status: { status_str: 'success' } });
  expect(await client.run(smallGraph())).toHaveLength(1);
});

test('history_gap: success is told long before the history knows', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'history_gap', ms: 500 });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  await socket.hears('execution_success');
  const before = Date.now();
  expect(await client.get(`/history/${id}`)).toEqual({});
  expect(await client.get(`/api/jobs/${id}`)).toMatchObject({ status: 'in_progress' });
  await client.finished(id);
  expect(Date.now() - before).toBeGreaterThan(100);
});
