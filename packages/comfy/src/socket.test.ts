import { on } from 'node:events';
import { createServer } from 'node:net';
import { listen, typesOf } from './fixtures/listening';
import { promptIdOf, recordedHttp } from './fixtures/replayServer';
import { replaying } from './fixtures/using';
import { openComfySocket, type SocketOptions } from './socket';

const tag = { deployment: 'test', attempt: 'a' };
/** Opens client A's socket, submits the recorded graph and follows it to its end. */
async function follow(name: string) {
  const { client, server } = await replaying(name);
  const heard = await listen(server);
  const { request } = recordedHttp(name).find(({ path }) => path === '/prompt')!;
  const promptId = promptIdOf(name);
  const { prompt: graph } = request as { prompt: never };
  const result = await client.submit({ promptId, clientId: 'client-A', graph, attemptTag: tag });
  return { ...heard, client, server, promptId, result };
}
test('success: events come in order and the verdict is there when it is finished', async () => {
  const { until, events, client, promptId, socket } = await follow('success');
  expect(await until('finished')).toEqual({ type: 'finished', promptId });
  expect(typesOf(events)).toEqual([
    'status',
    'executionStart',
    'executionCached',
    'executing',
    'progress',
    'executing',
    'executed',
    'executing',
    'executed',
    'executionSuccess',
    'status',
    'finished',
  ]);
  expect(events.find(({ type }) => type === 'progress')).toEqual({
    type: 'progress',
    promptId,
    nodeId: '2',
    value: 1,
    max: 4,
  });
  expect(events.filter(({ type }) => type === 'executed').at(-1)).toMatchObject({
    nodeId: '3',
    files: [{ filename: 'rec_00006_.png', type: 'output' }],
  });
  expect(await client.look(promptId)).toMatchObject({
    state: 'finished',
    verdict: { outcome: 'success' },
  });
  await socket.close();
});

test('fully_cached: the nodes are told as cached, and nothing executes', async () => {
  const { until, events, socket } = await follow('fully_cached');
  await until('finished');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'executionCached', nodeIds: ['1', '2', '3', '4'] }),
  );
  expect(typesOf(events)).not.toContain('executing');
  await socket.close();
});

test.each([
  [
    'node_error',
    {
      type: 'executionError',
      failure: { kind: 'node_error', nodeId: '2', message: 'lab failure' },
    },
  ],
  ['node_oom', { type: 'executionError', failure: { kind: 'out_of_memory', nodeId: '2' } }],
])('%s: the failure is told, then the end', async (name, error) => {
  const { until, events, promptId, socket } = await follow(name);
  await until('finished');
  expect(events.find(({ type }) => type === 'executionError')).toMatchObject({
    ...error,
    promptId,
  });
  await socket.close();
});

test('interrupted: the interruption is told, then the end', async () => {
  const { until, events, server, promptId, socket } = await follow('interrupted');
  await until('progress');
  server.advanceTo('POST', '/interrupt');
  await until('finished');
  expect(events).toContainEqual({ type: 'executionInterrupted', promptId });
  await socket.close();
});

test('pitfall 24: events may come before the answer to the submit', async () => {
  const { events, result, promptId, until, socket } = await follow('success');
  await until('executionStart');
  expect(result.outcome).toBe('accepted');
  expect(events).toContainEqual({ type: 'executionStart', promptId });
  await socket.close();
});

test('pitfall 1: success is no end; the verdict is asked for at the end', async () => {
  const { events, until, socket } = await follow('success');
  await until('finished');
  const types = events.map(({ type }) => type);
  expect(types.indexOf('finished')).toBeGreaterThan(types.indexOf('executionSuccess'));
  await socket.close();
});

test('pitfall 3: a closed socket is gone before its id can be used again', async () => {
  const { server } = await replaying('reconnect');
  const first = await listen(server);
  const gone = new Promise((resolve) => server.sockets[0]!.once('close', resolve));
  await first.socket.close();
  await gone;
  expect(first.closes).toHaveLength(1);
});

test('previews without ids are of the node that worked last', async () => {
  const { until, events, promptId, socket } = await follow('txt2img_preview_legacy');
  await until('finished');
  const previews = events.filter((event) => event.type === 'preview');
  expect(previews).toHaveLength(4);
  expect(previews[0]).toMatchObject({ promptId, nodeId: '3', mediaType: 'image/jpeg' });
  expect(previews[0]!.bytes).toHaveLength(37659 - 8);
  expect(previews[0]!.bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
  await socket.close();
});

test('previews with metadata name their prompt', async () => {
  const { until, events, server, promptId, socket } = await follow('txt2img_preview_metadata');
  await until('finished');
  const previews = events.filter((event) => event.type === 'preview');
  expect(previews).toHaveLength(4);
  expect(previews[0]).toMatchObject({ promptId, nodeId: '3', mediaType: 'image/jpeg' });
  expect(previews[0]!.bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
  expect(server.frames.map((frame): unknown => JSON.parse(frame))).toEqual([
    { type: 'feature_flags', data: { supports_preview_metadata: true } },
  ]);
  await socket.close();
});

test('pitfall 23: the first status tells the socket id and the length of the queue', async () => {
  const { server } = await replaying('success');
  const before = performance.now();
  const { events, socket } = await listen(server);
  expect(events).toEqual([{ type: 'status', queueRemaining: 0, sid: 'client-A' }]);
  expect(socket.lastHeardAt()).toBeGreaterThan(before);
  await socket.close();
});

test('pitfall 17: the upgrade carries no Origin, but the credentials of the address', async () => {
  const { server } = await replaying('success');
  const { socket } = await listen(server, { baseUrl: server.baseUrl.replace('//', '//me:pass@') });
  expect(server.upgrades[0]).not.toHaveProperty('origin');
  expect(server.upgrades[0]).toMatchObject({
    authorization: expect.stringContaining('Basic ') as unknown,
  });
  await socket.close();
});

describe('opening', () => {
  const nobody: Omit<SocketOptions, 'baseUrl'> = {
    clientId: 'x',
    onEvent: () => undefined,
    onClose: () => {
      throw new Error('a socket that never opened has no close to report');
    },
  };

  test('fails when nobody listens', async () => {
    await expect(
      openComfySocket({ ...nobody, baseUrl: 'http://127.0.0.1:1' }),
    ).rejects.toMatchObject({
      name: 'ComfyUnavailableError',
      retryable: true,
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test.each([
    [403, false],
    [502, true],
  ])('fails when it is answered by status %i', async (status, retryable) => {
    const server = createServer((socket) =>
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n\r\n`),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const opening = openComfySocket({ ...nobody, baseUrl: `http://127.0.0.1:${port}` });
    await expect(opening).rejects.toMatchObject({
      name: 'ComfyUnavailableError',
      status,
      retryable,
    });
    server.close();
  });

  test('fails when no status comes in time', async () => {
    const { server } = await replaying(null);
    const opening = openComfySocket({ ...nobody, baseUrl: server.baseUrl, openTimeoutMs: 50 });
    await expect(opening).rejects.toMatchObject({ name: 'ComfyUnavailableError', retryable: true });
  });

  test('ends with the reason of the signal', async () => {
    const { server } = await replaying(null);
    const caller = new AbortController();
    const opening = openComfySocket({ ...nobody, baseUrl: server.baseUrl, signal: caller.signal });
    caller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await expect(
      openComfySocket({ ...nobody, baseUrl: 'http://x', signal: caller.signal }),
    ).rejects.toThrow('enough');
  });
});

describe('the close is told exactly once', () => {
  const open = async (options?: Partial<SocketOptions>) => {
    const { server } = await replaying('success');
    return { server, ...(await listen(server, options)) };
  };

  test('when the other side goes away', async () => {
    const { server, closed, closes, socket } = await open();
    server.sockets[0]!.terminate();
    expect(await closed).toEqual({ reason: 'lost', code: 1006 });
    await socket.close();
    expect(closes).toHaveLength(1);
  });

  test('when it is closed twice', async () => {
    const { closes, socket } = await open();
    await Promise.all([socket.close(), socket.close()]);
    expect(closes).toEqual([{ reason: 'asked', code: 1000 }]);
  });

  test('when the signal cuts it', async () => {
    const caller = new AbortController();
    const { closed, closes } = await open({ signal: caller.signal });
    caller.abort();
    expect(await closed).toMatchObject({ reason: 'asked' });
    expect(closes).toHaveLength(1);
  });

  test('when the goodbye is not answered', async () => {
    const { server, closes, socket } = await open();
    server.sockets[0]!.pause();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const closing = socket.close();
    jest.advanceTimersByTime(1000);
    await closing;
    jest.useRealTimers();
    expect(closes).toEqual([{ reason: 'asked', code: 1006 }]);
  });

  test('when a ping is not answered', async () => {
    const { server, closed } = await open({ pingMs: 30 });
    server.sockets[0]!.pause();
    expect(await closed).toEqual({ reason: 'silent', code: 1006 });
  });
});

test('a socket whose pings are answered stays open', async () => {
  const { server } = await replaying('success');
  const { socket, closes } = await listen(server, { pingMs: 500 });
  const pings = on(server.sockets[0]!, 'ping');
  await pings.next();
  const heardAt = socket.lastHeardAt();
  for (let heard = 0; heard < 2; heard += 1) await pings.next();
  expect(closes).toEqual([]);
  expect(socket.lastHeardAt()).toBeGreaterThan(heardAt);
  await socket.close();
});
