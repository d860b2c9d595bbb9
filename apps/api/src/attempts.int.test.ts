import { Problem } from '@avatarforge/contracts';
import { newId } from '@avatarforge/core';
import { givenInstance } from './fixtures/givenInstance';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

let api: TestApi;
let instanceId: string;
let ann: Record<string, string>;
let bob: Record<string, string>;
const bearer = async (...key: Parameters<TestApi['createKey']>) => ({
  Authorization: `Bearer ${await api.createKey(...key)}`,
});
beforeAll(async () => {
  api = await startTestApi({ auth: true });
  ann = await bearer('ann');
  bob = await bearer('bob');
  instanceId = await givenInstance(api.database);
  await api.database.query(`UPDATE instances SET name = 'GPU 1'`);
}, 60_000);

const look = (id: string, { headers = ann, query = '' } = {}) =>
  api.fetch(`/v1/generations/${id}/attempts?${query}`, { headers });
const storyOf = async (id: string, query = '') =>
  readAnswer('listAttempts', await look(id, { query }));
const codeOf = async (response: Response) => Problem.parse(await response.json()).code;

async function givenGeneration(views = ['front']): Promise<{ id: string; shots: string[] }> {
  const created = await api.postJson('/v1/generations', { prompt: 'a warrior', views }, ann);
  const { id } = await readAnswer('createGeneration', created);
  const rows = await api.database.query<{ id: string }>(
    'SELECT id FROM shots WHERE generation_id = $1 ORDER BY ordinal',
    [id],
  );
  return { id, shots: rows.map((row) => row.id) };
}

let minute = 0;
/** An attempt that was claimed a minute after the one before. */
async function givenAttempt(shotId: string, columns: Record<string, unknown>): Promise<string> {
  const id = newId();
  const claimedAt = new Date(Date.UTC(2026, 0, 1, 0, minute++));
  const row = {
    ...{ id, shot_id: shotId, instance_id: instanceId, driver_epoch: 1, client_id: 'x' },
    ...{ claimed_at: claimedAt, ...columns },
  };
  const names = Object.keys(row);
  await api.database.query(
    `INSERT INTO attempts (${names.join()}) VALUES (${names.map((_, n) => `$${n + 1}`).join()})`,
    Object.values(row),
  );
  return id;
}

test('what was never tried has no attempts', async () => {
  const { id } = await givenGeneration();
  expect(await storyOf(id)).toEqual({ data: [], next_cursor: null, has_more: false });
});

test('the story of all pictures is told in order: where, why there, how long, and what came of it', async () => {
  const { id, shots } = await givenGeneration(['front', 'side']);
  const moments = {
    dispatching_at: new Date(1000),
    dispatched_at: new Date(2000),
    started_at: new Date(3000),
  };
  const lost = await givenAttempt(shots[1]!, {
    ...{ ...moments, state: 'ended', ended_at: new Date(4000), placement: 'switch', is_cold: true },
    ...{ est_ms: 25_000, end_reason: 'instance_lost', end_detail: 'connect ECONNREFUSED 10.0.0.9' },
  });
  const stored = await givenAttempt(shots[0]!, {
    ...{ ...moments, state: 'stored', executed_at: new Date(5000), ended_at: new Date(6000) },
    ...{ placement: 'warm', gpu_ms: 4200 },
  });
  const open = await givenAttempt(shots[1]!, { state: 'claimed', placement: 'anywhere' });
  const { data } = await storyOf(id);
  const instance = { id: instanceId, name: 'GPU 1' };
  expect(data).toMatchObject([
    {
      ...{ id: lost, shot: { ordinal: 1, view: 'side' }, instance, state: 'ended' },
      placement: { reason: 'switch', is_cold: true },
      ...{ estimated_ms: 25_000, gpu_ms: null },
      ...{ dispatching_at: '1970-01-01T00:00:01.000Z', started_at: '1970-01-01T00:00:03.000Z' },
      outcome: { result: 'retried', reason: 'instance_lost', counts_as: 'try' },
    },
    {
      ...{ id: stored, shot: { ordinal: 0, view: 'front' }, instance, state: 'stored' },
      placement: { reason: 'warm', message: 'The models were in memory there.', is_cold: false },
      ...{ estimated_ms: null, gpu_ms: 4200, ended_at: '1970-01-01T00:00:06.000Z' },
      outcome: { result: 'stored', reason: null, counts_as: null },
    },
    { id: open, state: 'claimed', started_at: null, outcome: null },
  ]);
});

test('addresses of instances are told to nobody who is no operator', async () => {
  const { id, shots } = await givenGeneration();
  const ended = { state: 'ended', end_reason: 'hang', end_detail: 'http://ann:pw@10.0.0.9:8188' };
  await givenAttempt(shots[0]!, ended);
  const text = JSON.stringify(await storyOf(id));
  expect(text).toContain('stopped making progress');
  expect(text).not.toMatch(/http|10\.0/);
});

test.each([
  ['failed', 'node_error', 'failed', 'A node of the workflow failed. Node 3: NaN'],
  ['cancelled', 'cancelled', 'cancelled', 'It was cancelled.'],
  ['queued', 'released', 'retried', 'It was never started.'],
  ['failed', 'of_a_later_version', 'failed', 'It ended.'],
])(
  'of a picture that is %s, the end by %s is told as %s',
  async (status, reason, result, message) => {
    const { id, shots } = await givenGeneration();
    await givenAttempt(shots[0]!, {
      state: 'ended',
      end_reason: reason,
      end_detail: 'Node 3: NaN',
    });
    await api.database.query('UPDATE shots SET status = $2 WHERE id = $1', [shots[0], status]);
    const { data } = await storyOf(id);
    expect(data[0]?.outcome).toMatchObject({ result, reason, message });
  },
);

test('long stories go on where the page before ended', async () => {
  const { id, shots } = await givenGeneration();
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    const ended = { state: 'ended', end_reason: 'released', claimed_at: new Date(n < 3 ? 7 : 8) };
    ids.push(await givenAttempt(shots[0]!, ended));
  }
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await storyOf(id, `limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.data.map((attempt) => attempt.id));
    cursor = page.next_cursor;
  }
  // Of those that were claimed at the same moment, the id decides.
  expect(seen).toEqual([...ids.slice(0, 3).sort(), ...ids.slice(3).sort()]);
});

describe('the story of a generation', () => {
  test('of somebody else looks like none', async () => {
    const { id } = await givenGeneration();
    const answers = await Promise.all(
      [id, newId(), 'no-id'].map(async (name) => {
        const text = JSON.stringify(await (await look(name, { headers: bob })).json());
        return text.replaceAll(/no-id|[0-9a-f-]{36}/g, 'ID');
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"not_found"');
  });

  test('that is deleted is gone', async () => {
    const { id } = await givenGeneration();
    await api.fetch(`/v1/generations/${id}`, { method: 'DELETE', headers: ann });
    expect(await codeOf(await look(id))).toBe('not_found');
  });

  test('needs the scope to read', async () => {
    const headers = await bearer('ann', ['generations:write']);
    const { id } = await givenGeneration();
    expect(await codeOf(await look(id, { headers }))).toBe('insufficient_scope');
  });

  test.each(['limit=0', 'limit=101', 'cursor=x', 'page=2'])('takes no %s', async (query) => {
    const { id } = await givenGeneration();
    expect(await codeOf(await look(id, { query }))).toBe('validation_failed');
  });
});
