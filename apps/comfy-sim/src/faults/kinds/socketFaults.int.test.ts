import { once } from 'node:events';
import { eventually } from '../../fixtures/simClient';
import { givenSim, smallGraph, stopSims, tick } from '../fixtures/givenSim';

afterEach(stopSims);

test('frames_dropped loses one kind of message and no other', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'frames_dropped', match: { event: 'executed' } });
  const types = await socket.whole(await client.submit(smallGraph(), { client_id: 'a' }));
  expect(types).toContain('execution_success');
  expect(types).not.toContain('executed');
});

test('frames_late keeps the order', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  const ordinary = await socket.whole(await client.submit(smallGraph(1), { client_id: 'a' }));
  sim.faults.add({ kind: 'frames_late', ms: 500 });
  const id = await client.submit(smallGraph(2), { client_id: 'a' });
  await client.finished(id);
  const early = socket.frames.filter(({ data }) => data['prompt_id'] === id);
  expect(early.map(({ type }) => type)).not.toContain('execution_success');
  expect(await socket.whole(id)).toEqual(ordinary);
});

test('frames_stalled holds everything for everyone but the first status, then lets all go', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  const fault = sim.faults.add({ kind: 'frames_stalled' });
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  await client.finished(id);
  const late = await listen('b');
  expect([socket.frames.length, late.frames.length]).toEqual([1, 1]);
  sim.faults.remove(fault);
  expect(await socket.whole(id)).toContain('execution_success');
  await eventually(() => tick(late.frames[1]));
});

test('one socket nobody reads from stalls all others: no fault is needed for that', async () => {
  const { client, listen } = await givenSim();
  const unread = await listen('unread');
  const other = await listen('other');
  unread.socket.pause();
  // Long node ids make long messages: progress goes to all, as this prompt has no client.
  const graph = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [
      `${at}${'x'.repeat(10_000)}`,
      { class_type: 'PreviewImage', inputs: { images: ['source', 0] } },
    ]),
  );
  const inputs = { width: 8, height: 8, batch_size: 1, color: 3 };
  const id = await client.submit({ ...graph, source: { class_type: 'EmptyImage', inputs } });
  await client.finished(id);
  // Two for each node that runs; of the forty equal ones only the first does.
  const all = 2 + 2 + 39;
  const heard = () => other.frames.filter(({ type }) => type === 'progress_state').length;
  expect(heard()).toBeLessThan(all);
  unread.socket.resume();
  await eventually(() => tick(heard() === all || undefined));
});

test('sockets_cut ends sockets with 1006, of one client or all', async () => {
  const { sim, client, listen } = await givenSim();
  const [a, b] = [await listen('a'), await listen('b')];
  sim.faults.add({ kind: 'sockets_cut', client_id: 'a' });
  expect(await a.closed()).toBe(1006);
  expect(b.closeCode).toBeUndefined();
  sim.faults.add({ kind: 'sockets_cut', at: 'node.run', match: { node_id: '2' } });
  const id = await client.submit(smallGraph(), { client_id: 'b' });
  expect(await b.closed()).toBe(1006);
  await client.finished(id);
});

test('socket_half_open: open, silent, and no pong', async () => {
  const { sim, client, listen } = await givenSim();
  const [a, b] = [await listen('a'), await listen('b')];
  sim.faults.add({ kind: 'socket_half_open', client_id: 'a' });
  await tick(undefined);
  let pongs = 0;
  for (const { socket } of [a, b]) socket.on('pong', () => (pongs += 1));
  a.socket.ping();
  b.socket.ping();
  await client.run(smallGraph());
  await b.hears('progress_state');
  await eventually(() => tick(pongs > 0 || undefined));
  expect([pongs, a.frames.length, a.closeCode]).toEqual([1, 1, undefined]);
});

test('a new socket falls silent when the half-open one of the same client ends at last', async () => {
  const { sim, client, listen } = await givenSim();
  const old = await listen('a');
  const fresh = await listen('a');
  expect(await fresh.whole(await client.submit(smallGraph(), { client_id: 'a' }))).not.toEqual([]);
  old.socket.close();
  await once(old.socket, 'close');
  const heard = fresh.frames.length;
  await client.run(smallGraph(2));
  expect([fresh.frames.length, fresh.closeCode]).toEqual([heard, undefined]);
  expect(sim.faults.list()).toEqual([]);
});

test('socket_forgotten: not even a status any more, on a socket that stays open', async () => {
  const { sim, client, listen } = await givenSim();
  const socket = await listen('a');
  sim.faults.add({ kind: 'socket_forgotten', client_id: 'a' });
  await tick(undefined);
  const heard = socket.frames.length;
  await client.finished(await client.submit(smallGraph(), { client_id: 'a' }));
  expect([socket.frames.length, socket.closeCode]).toEqual([heard, undefined]);
});
