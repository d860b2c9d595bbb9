import { createComfyClient } from './client';
import type { CannedAnswer } from './fixtures/replayServer';
import { replaying } from './fixtures/using';

const item = (id: string, attempt?: string) => [
  1,
  id,
  {},
  attempt === undefined ? {} : { avatarforge: { deployment: 'd', attempt } },
  [],
];
const queue = (running: unknown[], pending: unknown[]) => ({
  body: { queue_running: running, queue_pending: pending },
});
const OURS = queue([], [item('p')]);
const RUNS = queue([item('p')], [item('other')]);
const EMPTY = queue([item('other')], []);

/** Cancels `p` on a server whose queue changes as told; returns the result and what was posted. */
async function cancelling(version: string, queues: CannedAnswer[], history: object = {}) {
  const { server } = await replaying(null, ({ method, path }) => {
    if (path.endsWith('/cancel')) return { status: 405 };
    if (method === 'POST') return { body: '' };
    return path === '/api/queue' ? queues.shift()! : { body: history };
  });
  const client = createComfyClient({ baseUrl: server.baseUrl, version });
  const result = await client.cancel('p');
  const posts = server.seen.filter(({ method }) => method === 'POST');
  return { result, posted: posts.map(({ path, body }) => `${path} ${body.toString()}`) };
}

test.each([true, false])(
  'pitfall 7: a prompt is cancelled by its own route, never by an interrupt (%s)',
  async (cancelled) => {
    const { client, server } = await replaying(null, () => ({ body: { cancelled } }));
    expect(await client.cancel('abc')).toBe(cancelled ? 'cancelled' : 'not_there');
    expect(server.seen.map(({ path }) => path)).toEqual(['/api/jobs/abc/cancel']);
  },
);

describe('pitfall 7: without that route', () => {
  test('one that waits is taken out, and not interrupted', async () => {
    const { result, posted } = await cancelling('0.3.64', [OURS, EMPTY]);
    expect(result).toBe('cancelled');
    expect(posted).toEqual(['/api/queue {"delete":["p"]}']);
  });

  test('one that runs is interrupted by its id', async () => {
    const { result, posted } = await cancelling('0.3.57', [RUNS]);
    expect(result).toBe('cancelled');
    expect(posted).toEqual(['/api/interrupt {"prompt_id":"p"}']);
  });

  test('one that starts meanwhile is interrupted too', async () => {
    const { result, posted } = await cancelling('0.3.64', [OURS, RUNS]);
    expect(result).toBe('cancelled');
    expect(posted).toEqual(['/api/queue {"delete":["p"]}', '/api/interrupt {"prompt_id":"p"}']);
  });

  test.each([
    ['gone', {}],
    ['finished', { p: { outputs: {}, status: { status_str: 'success', messages: [] } } }],
  ])('nothing is sent for one that is %s', async (_, history) => {
    const { result, posted } = await cancelling('0.3.64', [EMPTY], history);
    expect(result).toBe('not_there');
    expect(posted).toEqual([]);
  });

  test('a version that says nothing of itself is tried first', async () => {
    const { server } = await replaying(null, ({ method, path }) => {
      if (path === '/api/jobs/p') return { body: { status: 'in_progress' } };
      return path.endsWith('/cancel') ? { status: 405 } : { status: method === 'POST' ? 200 : 404 };
    });
    const client = createComfyClient({ baseUrl: server.baseUrl, version: 'unknown' });
    expect(await client.cancel('p')).toBe('cancelled');
    expect(server.seen.at(-1)!.body.toString()).toBe('{"prompt_id":"p"}');
  });
});

describe('pitfall 7: where an interrupt hits whatever runs', () => {
  test('none is ever sent', async () => {
    const { result, posted } = await cancelling('0.3.56', [RUNS]);
    expect(result).toBe('not_possible');
    expect(posted).toEqual([]);
  });

  test('one that waits under another id is taken out by that', async () => {
    const theirs = queue([], [item('theirs', 'p'), item('other', 'q')]);
    const { result, posted } = await cancelling('0.3.43', [theirs, EMPTY]);
    expect(result).toBe('cancelled');
    expect(posted).toEqual(['/api/queue {"delete":["theirs"]}']);
  });
});
