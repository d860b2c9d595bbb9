import type { ComfyEvent } from './events';
import { listen, typesOf } from './fixtures/listening';
import {
  promptIdOf,
  recordedHttp,
  VERSIONS,
  versionOf,
  type Override,
} from './fixtures/replayServer';
import { replaying } from './fixtures/using';
import type { Graph } from './submit';

const attemptTag = { deployment: 'test', attempt: '0191d8d2-0000-7000-8000-000000000001' };

type EventType = ComfyEvent['type'];
const BEGINS: EventType[] = ['status', 'executionStart', 'executionCached'];
const ENDS: EventType[] = ['status', 'finished'];
const STEPS: EventType[] = ['executing', 'progress', 'executing', 'executed', 'executing'];
const SAVED: EventType[] = ['executing', 'executed', 'executionSuccess', ...ENDS];
const previews = (isFirst: boolean): EventType[] =>
  Array.from({ length: 4 }).flatMap(() =>
    isFirst ? ['preview', 'progress'] : ['progress', 'preview'],
  );
const ONE_IMAGE = { outcome: 'success', outputs: [{ kind: 'image', type: 'output' }] };

/** What the submitter hears in each recorded scenario, and how it ended. */
const SCENARIOS: Record<string, { hears: (version: string) => EventType[]; verdict: object }> = {
  success: {
    hears: () => [...BEGINS, ...STEPS, 'executed', 'executionSuccess', ...ENDS],
    verdict: ONE_IMAGE,
  },
  fully_cached: {
    hears: () => [...BEGINS, 'executed', 'executionSuccess', ...ENDS],
    verdict: ONE_IMAGE,
  },
  node_error: {
    hears: () => [...BEGINS, ...STEPS, 'executionError', ...ENDS],
    verdict: { outcome: 'error', failure: { kind: 'node_error', message: 'lab failure' } },
  },
  node_oom: {
    hears: () => [...BEGINS, 'executing', 'executionError', ...ENDS],
    verdict: { outcome: 'error', failure: { kind: 'out_of_memory', nodeId: '2' } },
  },
  interrupted: {
    hears: () => [...BEGINS, 'executing', 'progress', 'executionInterrupted', ...ENDS],
    verdict: { outcome: 'interrupted' },
  },
  txt2img_preview_legacy: {
    hears: () => [...BEGINS, 'executing', ...previews(false), ...SAVED],
    verdict: ONE_IMAGE,
  },
  txt2img_preview_metadata: {
    // Before 0.3.45 there are no previews with metadata, though they are asked for.
    hears: (version) => [...BEGINS, 'executing', ...previews(version !== '0.3.43'), ...SAVED],
    verdict: ONE_IMAGE,
  },
  // Without a client id the end is not told at all, and progress to everybody.
  no_client_id: {
    hears: (version) => (version === '0.3.43' ? ['status'] : ['status', 'progress', 'status']),
    verdict: ONE_IMAGE,
  },
};

const cases = VERSIONS.flatMap((version) =>
  Object.entries(SCENARIOS).map(([scenario, { hears, verdict }]) => ({
    name: `${version}/${scenario}`,
    hears: hears(version),
    verdict,
  })),
);

test.each(cases)('$name: the events and the verdict', async ({ name, hears, verdict }) => {
  const { client, server, socket, events, until, result } = await submitRecorded(name);
  const id = promptIdOf(name);
  expect(result).toMatchObject({ outcome: 'accepted', promptId: id });
  if (name.endsWith('interrupted')) {
    await until('progress');
    server.advanceTo('POST', '/interrupt');
    await until('finished');
  }
  const found = await client.look(name.startsWith('0.3.43') ? attemptTag.attempt : id);
  await socket.close();
  expect(typesOf(events)).toEqual(hears);
  const named = events.flatMap((event) => ('promptId' in event ? [event.promptId] : []));
  expect(named.filter((promptId) => promptId !== id)).toEqual([]);
  expect(found).toMatchObject({ state: 'finished', promptId: id, verdict });
});

test('pitfall 11: without a client id a cached run of 0.18 tells no outputs', async () => {
  const name = '0.18.0/fully_cached_no_client';
  const { client } = await submitRecorded(name);
  expect(await client.look(promptIdOf(name))).toMatchObject({
    verdict: { outcome: 'success', outputs: [] },
  });
});

describe.each(VERSIONS)('%s', (version) => {
  test('pitfall 3: after reconnecting, the running node is told without its prompt', async () => {
    const name = `${version}/reconnect`;
    const { server, socket, until } = await submitRecorded(name);
    await until('progress');
    await socket.close();
    const second = await listen(server);
    const promptId = null;
    expect(await second.until('executing')).toEqual({ type: 'executing', promptId, nodeId: '2' });
    expect(await second.until('progress')).toMatchObject({ promptId: promptIdOf(name), value: 9 });
    await second.socket.close();
  });

  test('pitfall 15: of two prompts each socket hears only its own', async () => {
    const name = `${version}/two_queued`;
    const { client, server } = await replaying(name);
    const [a, b] = [await listen(server), await listen(server, { clientId: 'client-B' })];
    const posts = recordedHttp(name).filter(({ path }) => path === '/prompt');
    for (const { request, response } of posts) {
      const { prompt: graph, client_id: clientId } = request as {
        prompt: Graph;
        client_id: string;
      };
      const { prompt_id: promptId } = response as { prompt_id: string };
      await client.submit({ promptId, clientId, graph, attemptTag });
    }
    const { running, pending } = await client.queue();
    expect([...running, ...pending].map(({ clientId }) => clientId)).toEqual([
      'client-A',
      'client-B',
    ]);
    const [{ promptId: idOfA }, { promptId: idOfB }] = [
      await a.until('finished'),
      await b.until('finished'),
    ];
    await Promise.all([a.socket.close(), b.socket.close()]);
    expect([idOfA, idOfB]).toEqual([running[0]!.promptId, pending[0]!.promptId]);
    const isOf = (id: string) => (event: ComfyEvent) =>
      'promptId' in event && event.promptId === id;
    expect([a.events.some(isOf(idOfB)), b.events.some(isOf(idOfA))]).toEqual([false, false]);
  });
});

/** Opens client A's socket and submits the recorded graph. */
async function submitRecorded(name: string) {
  const { server, client } = await replaying(name, afterwards(name));
  const heard = await listen(server);
  const { prompt: graph } = recordedHttp(name)[0]!.request as { prompt: Graph };
  // One that makes ids of its own does not care for this one.
  const promptId = versionOf(name) === '0.3.43' ? attemptTag.attempt : promptIdOf(name);
  const result = await client.submit({ promptId, clientId: 'client-A', graph, attemptTag });
  return { ...heard, client, server, result };
}

/** Nothing waits any more, and the recorded entry of history holds the tag that was sent along. */
function afterwards(name: string): Override {
  const recorded = recordedHttp(name).findLast(({ path }) => path.startsWith('/history/'));
  const history = recorded!.response as Record<string, { prompt: unknown[] }>;
  const [[id, entry] = ['', { prompt: [] }]] = Object.entries(history);
  const prompt = entry.prompt.with(3, { avatarforge: attemptTag });
  return ({ path }) => {
    if (path === '/api/queue') return { body: { queue_running: [], queue_pending: [] } };
    return path.startsWith('/api/history') ? { body: { [id]: { ...entry, prompt } } } : null;
  };
}
