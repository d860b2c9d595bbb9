import { eventually } from '../fixtures/simClient';
import { InvalidFault } from '../index';
import { givenSim, smallGraph, stopSims, tick } from './fixtures/givenSim';

afterEach(stopSims);

test('a fault is switched on, listed with its bites, and removed over HTTP', async () => {
  const { client } = await givenSim();
  const fault = { kind: 'http_error', status: 404, match: { path: '/features' } };
  const { status, id } = await client.post('/sim/faults', fault);
  expect(status).toBe(200);
  expect(await client.status('/features')).toBe(404);
  expect(await client.get('/sim/faults')).toEqual([{ id, ...fault, bites: 1 }]);
  const remove = async (path: string) =>
    (await fetch(client.url + path, { method: 'DELETE' })).status;
  expect(await remove(`/sim/faults/${String(id)}`)).toBe(200);
  expect(await remove(`/sim/faults/${String(id)}`)).toBe(404);
  expect(await client.status('/features')).toBe(200);
  await client.post('/sim/faults', fault);
  expect(await remove('/sim/faults')).toBe(200);
  expect(await client.get('/sim/faults')).toEqual([]);
});

test.each([
  [{ kind: 'flood' }, /^kind: .*flood/],
  [{}, /^kind: /],
  [{ kind: 'node_slow' }, /^ms: /],
  [{ kind: 'node_slow', ms: -1 }, /^ms: /],
  [{ kind: 'node_slow', ms: 1, sm: 2 }, /"sm"/],
  [{ kind: 'node_error', match: { path: '/x' } }, /^match: .*"path"/],
  [{ kind: 'node_error', match: { nth: 0 } }, /^match\.nth: /],
  [{ kind: 'node_error', times: 0, probability: 2 }, /^times: .*; probability: /],
  [{ kind: 'crash', at: 'noon' }, /^at: /],
  [{ kind: 'crash', match: { node_id: '1' } }, /^match: .*"node_id"/],
  ['crash', /^fault: /],
])('%j is refused by naming the field', async (fault, message) => {
  const { sim, client } = await givenSim();
  const answer = await client.post('/sim/faults', fault);
  expect(answer['status']).toBe(400);
  expect(answer['error']).toMatch(message);
  expect(() => sim.faults.add(fault as never)).toThrow(InvalidFault);
  expect(await client.get('/sim/faults')).toEqual([]);
});

test('a fault bites so many times, after a while, or the nth time only', async () => {
  const { sim, client } = await givenSim();
  const path = '/features';
  const statuses = async (count: number) => {
    const found = [];
    for (let at = 0; at < count; at += 1) found.push(await client.status(path));
    return found;
  };
  sim.faults.add({ kind: 'http_error', status: 503, match: { path }, times: 2 });
  expect(await statuses(3)).toEqual([503, 503, 200]);
  sim.faults.add({ kind: 'http_error', status: 503, match: { path, nth: 2 } });
  expect(await statuses(3)).toEqual([200, 503, 200]);
  sim.faults.clear();
  sim.faults.add({ kind: 'http_error', status: 503, after_ms: 500 });
  expect(await client.status(path)).toBe(200);
  await eventually(async () => (await client.status(path)) === 503 || undefined);
});

test('a probability gives the same series for the same seed', async () => {
  const { sim, client } = await givenSim();
  const series = async (seed: number) => {
    const id = sim.faults.add({ kind: 'http_error', status: 503, probability: 0.5, seed });
    const found = [];
    for (let at = 0; at < 20; at += 1) found.push(await client.status('/features'));
    sim.faults.remove(id);
    return found;
  };
  const first = await series(7);
  expect(await series(7)).toEqual(first);
  expect(await series(8)).not.toEqual(first);
  expect(new Set(first)).toEqual(new Set([200, 503]));
});

test('faults given as option are there from the start', async () => {
  const { client } = await givenSim({ faults: [{ kind: 'node_error', times: 1 }] });
  const entry = await client.finished(await client.submit(smallGraph()));
  expect(entry).toMatchObject({ status: { status_str: 'error' } });
});

test('what is to happen now while the server is down happens when it is back', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'crash' });
  await socket.closed();
  sim.faults.add({ kind: 'history_lost' });
  await expect(sim.start()).resolves.toEqual(expect.objectContaining({ url: client.url }));
  await eventually(() =>
    tick(sim.faults.list().find(({ bites }) => bites === 0) ? undefined : true),
  );
  await expect(sim.start()).rejects.toThrow('the simulator runs already');
});

test('what is removed does not happen any more', async () => {
  const { sim, client } = await givenSim();
  sim.faults.remove(sim.faults.add({ kind: 'crash', after_ms: 20 }));
  sim.faults.add({ kind: 'history_lost', after_ms: 60 });
  await eventually(() => tick(sim.faults.list().find(({ bites }) => bites === 1)));
  expect(await client.run(smallGraph())).toHaveLength(1);
});
