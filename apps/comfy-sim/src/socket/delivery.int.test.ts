import { once } from 'node:events';
import { WebSocket } from 'ws';
import { givenSim, smallGraph, stopSims, tick, type Frame } from '../faults/fixtures/givenSim';
import { describeBinary } from '../fixtures/dialogue';
import { eventually, slowGraph } from '../fixtures/simClient';
import { VirtualClock } from '../fixtures/virtualClock';

afterEach(stopSims);

test('success, then a gap, the history, the queue, and the last word', async () => {
  const clock = new VirtualClock();
  const { client, listen } = await givenSim({ clock, historyGapMs: 50 });
  const socket = await listen('a');
  const id = await client.submit(smallGraph(), { client_id: 'a' });
  await socket.hears('execution_success');
  await eventually(() => tick(clock.isAwaited || undefined));
  const heard = socket.frames.length;
  expect(await client.get(`/history/${id}`)).toEqual({});
  expect(await client.get('/prompt')).toEqual({ exec_info: { queue_remaining: 1 } });
  clock.moveOn(50);
  await socket.whole(id);
  expect(await client.get(`/history/${id}`)).toHaveProperty(id);
  expect(socket.frames.slice(heard)).toEqual([
    { type: 'status', data: { status: { exec_info: { queue_remaining: 0 } } } },
    { type: 'executing', data: { node: null, prompt_id: id } },
  ]);
});

test('what everyone hears of a prompt without a client: its progress and its interruption', async () => {
  const { client, listen } = await givenSim();
  const socket = await listen('other');
  const id = await client.submit(slowGraph(1));
  await socket.hears('progress');
  await client.post('/interrupt', {});
  await socket.hears('execution_interrupted');
  await client.finished(id);
  const types = new Set(socket.frames.map(({ type }) => type));
  expect([...types].sort()).toEqual([
    ...['execution_interrupted', 'progress', 'progress_state', 'status'],
  ]);
});

test('what others hear of a prompt with a client: nothing but the queue and lines of text', async () => {
  const { client, listen } = await givenSim();
  const other = await listen('other');
  const binaries: object[] = [];
  other.socket.on('message', (frame: Buffer, isBinary) => {
    if (isBinary) binaries.push(describeBinary(frame));
  });
  const inputs = { width: 8, height: 4, batch_size: 2, color: 1 };
  const graph = {
    1: { class_type: 'EmptyImage', inputs },
    2: { class_type: 'GetImageSize', inputs: { image: ['1', 0] } },
    3: { class_type: 'PreviewAny', inputs: { source: ['2', 0] } },
  };
  await client.finished(await client.submit(graph, { client_id: 'gone' }));
  const text = 'width: 8, height: 4\n batch size: 2';
  await eventually(() => tick(binaries[0]));
  expect(binaries).toEqual([{ event: 3, node: '2', text }]);
  expect(new Set(other.frames.map(({ type }) => type))).toEqual(new Set(['status']));
});

test.each([
  [true, 'hears nothing more'],
  [false, 'goes on hearing'],
])('when an old socket closes (bug: %s) the new one %s', async (oldSocketSilencesNew) => {
  const { client, listen } = await givenSim({ oldSocketSilencesNew });
  const old = await listen('a');
  const fresh = await listen('a');
  const witness = await listen('b');
  old.socket.close();
  await old.closed();
  await witness.whole(await client.submit(smallGraph(), { client_id: 'b' }));
  const hasHeard = fresh.frames.length > 1;
  expect(hasHeard).toBe(!oldSocketSilencesNew);
});

test('the messages about a prompt may all precede the answer to its POST', async () => {
  const clock = new VirtualClock();
  const { client, listen } = await givenSim({ clock, historyGapMs: 0, responseDelayMs: 1000 });
  const socket = await listen('a');
  let isAnswered = false;
  const answer = client.submit(smallGraph(), { client_id: 'a' }).then((id) => {
    isAnswered = true;
    return id;
  });
  await socket.hears('execution_success');
  const { data } = await eventually(() => {
    clock.moveOn(999);
    return tick(socket.frames.find(({ data: { node } }) => node === null));
  });
  expect(isAnswered).toBe(false);
  clock.moveOn(1000);
  expect(await answer).toBe(data['prompt_id']);
});

test('only the first object a client sends can be its feature flags', async () => {
  const { sim, client } = await givenSim();
  const heard = async (first: string[]): Promise<string[]> => {
    const socket = new WebSocket(`${client.url}/ws`);
    const types: string[] = [];
    socket.on('message', (frame: Buffer) => {
      types.push((JSON.parse(frame.toString()) as Frame).type);
    });
    await once(socket, 'open');
    const flags = { type: 'feature_flags', data: { supports_preview_metadata: true } };
    for (const text of [...first, JSON.stringify(flags)]) socket.send(text);
    socket.close();
    await once(socket, 'close');
    return types;
  };
  expect(sim.executions()).toEqual([]);
  expect(await heard([])).toEqual(['status', 'feature_flags']);
  expect(await heard(['no json', '[]'])).toEqual(['status', 'feature_flags']);
  expect(await heard(['{"type":"hello"}'])).toEqual(['status']);
});
