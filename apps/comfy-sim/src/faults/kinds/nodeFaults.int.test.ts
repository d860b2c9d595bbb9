import type { Body } from '../../fixtures/simClient';
import { eventually, slowGraph } from '../../fixtures/simClient';
import { givenSim, smallGraph, stopSims, tick } from '../fixtures/givenSim';

afterEach(stopSims);

interface History {
  status: { status_str: string; completed: boolean; messages: [string, Body][] };
  outputs: Body;
}

const last = (history: Body) => (history as unknown as History).status.messages.at(-1);

test('node_error ends the prompt with the exception, and the next prompt runs', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  const match = { node_class: 'ImageInvert' };
  sim.faults.add({ kind: 'node_error', message: 'broken', match, times: 1 });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  const history = await client.finished(id);
  expect(history['status']).toMatchObject({ status_str: 'error', completed: false });
  expect(last(history)).toEqual([
    'execution_error',
    expect.objectContaining({
      node_id: '2',
      node_type: 'ImageInvert',
      executed: ['1'],
      exception_type: 'RuntimeError',
      exception_message: 'broken\n',
    }),
  ]);
  const types = await socket.whole(id);
  expect(types.slice(-3)).toEqual(['executing', 'execution_error', 'executing']);
  expect(await client.run(smallGraph())).toHaveLength(1);
  expect(sim.faults.list()).toMatchObject([{ kind: 'node_error', bites: 1 }]);
});

test('out_of_memory has the type of its version and unloads all models', async () => {
  const { sim, client } = await givenSim();
  const exception_type = 'torch.cuda.OutOfMemoryError';
  sim.faults.add({ kind: 'out_of_memory', times: 1 });
  sim.faults.add({ kind: 'out_of_memory', exception_type, times: 1 });
  const [first, second] = [
    await client.finished(await client.submit(smallGraph())),
    await client.finished(await client.submit(smallGraph())),
  ];
  const message = expect.stringMatching(/^Allocation on device\nThis error means/) as unknown;
  expect(last(first)?.[1]).toMatchObject({
    exception_type: 'torch.OutOfMemoryError',
    exception_message: message,
  });
  expect(last(second)?.[1]).toMatchObject({ exception_type, exception_message: message });
});

test('node_slow makes an interruption wait for the end of the operation', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'node_slow', ms: 600, match: { node_id: '1' } });
  const id = await client.submit(smallGraph());
  await eventually(
    async () => (await client.get(`/api/jobs/${id}`))['status'] === 'in_progress' || undefined,
  );
  const before = Date.now();
  expect(await client.post(`/api/jobs/${id}/cancel`, {})).toMatchObject({ cancelled: true });
  expect((await client.get(`/api/jobs/${id}`))['status']).toBe('in_progress');
  expect(last(await client.finished(id))?.[0]).toBe('execution_interrupted');
  expect(Date.now() - before).toBeGreaterThan(150);
});

test('node_hang never ends, whoever interrupts it', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'node_hang', match: { node_class: 'LabSlow' } });
  const id = await client.submit(slowGraph(1), { client_id: 'a' });
  await eventually(() => tick(socket.frames.find(({ data }) => data['node'] === '2')));
  await client.post('/interrupt', { prompt_id: id });
  const heard = socket.frames.length;
  await client.submit(smallGraph());
  expect(await client.get('/prompt')).toEqual({ exec_info: { queue_remaining: 2 } });
  expect(await client.get(`/history/${id}`)).toEqual({});
  await eventually(() => tick(socket.frames[heard]));
  expect(socket.frames.slice(heard).map(({ type }) => type)).toEqual(['status']);
});

test('execution_blocked tells an error that no history knows, and the prompt succeeds', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'execution_blocked', message: 'no face', match: { node_id: '2' } });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  const types = await socket.whole(id);
  expect(types.filter((type) => /^execut/.test(type))).toEqual([
    'execution_start',
    'execution_cached',
    ...['executing', 'executing', 'executing'],
    'execution_error',
    'execution_success',
    'executing',
  ]);
  const error = await socket.hears('execution_error');
  expect(error.data).toMatchObject({
    node_id: '3',
    exception_type: 'ExecutionBlocked',
    exception_message: 'Execution Blocked: no face',
  });
  expect(error.data).not.toHaveProperty('timestamp');
  const history = (await client.finished(id)) as unknown as History;
  expect(history.outputs).toEqual({});
  expect(history.status.status_str).toBe('success');
  expect(history.status.messages.map(([event]) => event)).toEqual([
    'execution_start',
    'execution_cached',
    'execution_success',
  ]);
});
