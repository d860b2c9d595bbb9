import { Problem } from '@avatarforge/contracts';
import { newId } from '@avatarforge/core';
import { givenInstance } from './fixtures/givenInstance';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const PREFIX = '/avatarforge-controller';

let api: TestApi;
let ann: Record<string, string>;
let bob: Record<string, string>;
const stopping = new AbortController();
beforeAll(async () => {
  api = await startTestApi({ auth: true, stopping: stopping.signal });
  ann = { Authorization: `Bearer ${await api.createKey('ann')}` };
  bob = { Authorization: `Bearer ${await api.createKey('bob')}` };
  await givenInstance(api.database);
}, 60_000);

const codeOf = async (response: Response) => Problem.parse(await response.json()).code;
const create = async (headers: Record<string, string>, wish: object = {}) =>
  readAnswer(
    'createGeneration',
    await api.postJson('/v1/generations', { prompt: 'a warrior', ...wish }, headers),
  );
const look = (id: string, headers = ann) => api.fetch(`/v1/generations/${id}`, { headers });
const act = (id: string, verb: string, headers = ann, body?: object) =>
  api.postJson(`/v1/generations/${id}/${verb}`, body ?? {}, headers);
const finish = (id: string, status: string) =>
  api.database.query('UPDATE generations SET status = $2, finished_at = now() WHERE id = $1', [
    id,
    status,
  ]);

describe('a generation of somebody else', () => {
  test.each([
    ['GET', '/v1/generations/ID'],
    ['DELETE', '/v1/generations/ID'],
    ['POST', '/v1/generations/ID/cancel'],
    ['POST', '/v1/generations/ID/retry'],
    ['GET', `${PREFIX}/generations/ID`],
    ['DELETE', `${PREFIX}/generations/ID`],
  ])('is not found: %s %s', async (method, path) => {
    const { id } = await create(ann);
    const init = {
      method,
      headers: { ...bob, 'Content-Type': 'application/json' },
      ...(method === 'POST' && { body: '{}' }),
    };
    expect(await codeOf(await api.fetch(path.replace('ID', id), init))).toBe('not_found');
    expect(((await (await look(id)).json()) as { status: string }).status).toBe('queued');
  });
});

describe('an idempotency key', () => {
  const send = (key: string, body: object, headers = ann) =>
    api.postJson('/v1/generations', body, { ...headers, 'Idempotency-Key': key });
  const count = async () => {
    const [row] = await api.database.query<{ count: string }>('SELECT count(*) FROM generations');
    return Number(row?.count);
  };

  test('makes one generation of a request sent ten times at once, and one answer', async () => {
    const before = await count();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send('ten-at-once', { prompt: 'a castle' })),
    );
    expect(await count()).toBe(before + 1);
    const [first, ...others] = await Promise.all(answers.map((answer) => answer.json()));
    for (const other of others) expect(other).toEqual(first);
    const replayed = answers.map((answer) => answer.headers.get('idempotency-replayed'));
    expect(replayed.filter((header) => header === 'true')).toHaveLength(9);
  });

  test('is answered as at first, whatever has become of it', async () => {
    const first = await send('as-at-first', { prompt: 'a tower' });
    const body = (await first.json()) as { id: string; status: string };
    await finish(body.id, 'completed');
    const again = await send('as-at-first', { prompt: 'a tower' });
    expect(again.status).toBe(first.status);
    expect(await again.json()).toEqual(body);
    await api.fetch(`/v1/generations/${body.id}`, { method: 'DELETE', headers: ann });
    expect(await (await send('as-at-first', { prompt: 'a tower' })).json()).toEqual(body);
  });

  test('of a retry is answered also when what was retried is deleted', async () => {
    const first = await create(ann);
    await finish(first.id, 'failed');
    const headers = { ...ann, 'Idempotency-Key': 'retry-of-deleted' };
    const one = await readAnswer('retryGeneration', await act(first.id, 'retry', headers));
    await api.fetch(`/v1/generations/${first.id}`, { method: 'DELETE', headers: ann });
    expect(await readAnswer('retryGeneration', await act(first.id, 'retry', headers))).toEqual(one);
  });

  test('with a wish to wait is answered also when what it made is deleted', async () => {
    const first = await send('deleted', { prompt: 'a tower' });
    const body = (await first.json()) as { id: string };
    await api.fetch(`/v1/generations/${body.id}`, { method: 'DELETE', headers: ann });
    const again = await send('deleted', { prompt: 'a tower' }, { ...ann, Prefer: 'wait=5' });
    expect([again.status, await again.json()]).toEqual([202, body]);
  });

  test('with another request is a mistake', async () => {
    await send('another', { prompt: 'a bridge' });
    const other = await send('another', { prompt: 'a bridge', steps: 5 });
    expect([other.status, await codeOf(other)]).toEqual([422, 'idempotency_mismatch']);
  });

  test('is one’s own, and of one operation', async () => {
    const mine = await readAnswer('createGeneration', await send('shared', { prompt: 'a door' }));
    const theirs = await readAnswer(
      'createGeneration',
      await send('shared', { prompt: 'a door' }, bob),
    );
    expect(theirs.id).not.toBe(mine.id);
    const headers = { ...ann, 'Idempotency-Key': 'shared' };
    const answer = await api.postJson(`${PREFIX}/generate/avatar`, { prompt: 'a door' }, headers);
    const old = await readAnswer('generateAvatar', answer);
    expect(old.generation_id).not.toBe(mine.id);
  });

  test('is forgotten after a day', async () => {
    const first = await readAnswer('createGeneration', await send('a-day', { prompt: 'a moon' }));
    await api.database.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '25 h' WHERE key = 'a-day'`,
    );
    const next = await readAnswer('createGeneration', await send('a-day', { prompt: 'a sun' }));
    expect(next.id).not.toBe(first.id);
  });

  test('of a request that was refused is free', async () => {
    expect((await send('refused', { prompt: 'x' })).status).toBe(422);
    expect((await send('refused', { prompt: 'a real one' })).status).toBe(202);
  });

  test.each(['', 'a b', 'x'.repeat(256)])('cannot be %j', async (key) => {
    expect(await codeOf(await send(key, { prompt: 'a warrior' }))).toBe('validation_failed');
  });
});

describe('a preference to wait', () => {
  const send = (wait: string, headers = ann) =>
    api.postJson('/v1/generations', { prompt: 'a warrior' }, { ...headers, Prefer: wait });

  test('holds the answer until the generation is final', async () => {
    const before = new Set(api.rung);
    const answering = send('wait=20');
    const finishing = (async () => {
      for (;;) {
        const shot = api.rung.find((id) => !before.has(id));
        const done =
          shot &&
          (await api.database.query(
            `UPDATE generations g SET status = 'failed', finished_at = now() FROM shots s
               WHERE s.id = $1 AND g.id = s.generation_id RETURNING g.id`,
            [shot],
          ));
        if (done) return;
        await new Promise(setImmediate);
      }
    })();
    const [answer] = await Promise.all([answering, finishing]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBe('wait=20');
    expect(await answer.json()).toMatchObject({ status: 'failed' });
  });

  test('is over when its time is', async () => {
    const answer = await send('wait=1');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ status: 'queued' });
  });
});

describe('lists', () => {
  let eve: Record<string, string>;
  const ids: string[] = [];
  beforeAll(async () => {
    eve = { Authorization: `Bearer ${await api.createKey('eve')}` };
    for (let n = 0; n < 7; n++) ids.unshift((await create(eve)).id);
    await finish(ids[0]!, 'completed');
    await finish(ids[3]!, 'failed');
  });
  const list = async (query: string) =>
    readAnswer('listAvatars', await api.fetch(`${PREFIX}/generations?${query}`, { headers: eve }));
  const idsOf = (page: Awaited<ReturnType<typeof list>>) =>
    page.generations.map((generation) => generation.generation_id);

  test('by number have exact totals and no gaps', async () => {
    const pages = [
      await list('limit=3'),
      await list('limit=3&offset=3'),
      await list('limit=3&offset=6'),
    ];
    expect(pages.flatMap(idsOf)).toEqual(ids);
    expect(pages.map(({ total, offset }) => [total, offset])).toEqual([
      [7, 0],
      [7, 3],
      [7, 6],
    ]);
  });

  test('by status count only those', async () => {
    const page = await list('status=failed');
    expect([page.total, idsOf(page)]).toEqual([1, [ids[3]]]);
    expect((await list('status=queued&limit=1')).total).toBe(5);
  });

  test('by time have those of that time', async () => {
    const [middle] = await api.database.query<{ created_at: Date }>(
      'SELECT created_at FROM generations WHERE id = $1',
      [ids[2]],
    );
    const at = middle!.created_at.toISOString();
    const listSince = async (query: string) => {
      const answer = await api.fetch(`/v1/generations?${query}`, { headers: eve });
      return (await readAnswer('listGenerations', answer)).data.map(({ id }) => id);
    };
    expect(await listSince(`created_after=${at}`)).toEqual(ids.slice(0, 3));
    expect(await listSince(`created_before=${at}`)).toEqual(ids.slice(3));
    expect(await listSince(`created_before=${at}&status=failed`)).toEqual([ids[3]]);
  });
});

describe('what was deleted', () => {
  test('is not drawn again, though its run was over when it was deleted', async () => {
    const { id } = await create(ann);
    await api.database.query(
      `WITH s AS (UPDATE shots SET status = 'active', current_attempt_id = $2 WHERE generation_id = $1 RETURNING id)
       INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state)
         SELECT $2, s.id, i.id, 1, 'x', 'executed' FROM s, instances i LIMIT 1`,
      [id, newId()],
    );
    await api.fetch(`/v1/generations/${id}`, { method: 'DELETE', headers: ann });
    const [row] = await api.database.query(
      'SELECT cancel_requested_at IS NOT NULL AS stopped FROM generations WHERE id = $1',
      [id],
    );
    expect(row).toEqual({ stopped: true });
  });

  test('is gone from every surface at once, and cancelled', async () => {
    const { id } = await create(ann);
    const path = `${PREFIX}/generations/${id}`;
    const removed = await api.fetch(path, { method: 'DELETE', headers: ann });
    expect(await readAnswer('deleteAvatar', removed)).toMatchObject({ generation_id: id });
    expect((await api.fetch(path, { headers: ann })).status).toBe(404);
    expect((await look(id)).status).toBe(404);
    expect((await api.fetch(path, { method: 'DELETE', headers: ann })).status).toBe(404);
    expect(await codeOf(await act(id, 'cancel'))).toBe('not_found');
    const list = await readAnswer(
      'listAvatars',
      await api.fetch(`${PREFIX}/generations?limit=100`, { headers: ann }),
    );
    expect(list.generations.map(({ generation_id }) => generation_id)).not.toContain(id);
    const [row] = await api.database.query('SELECT status FROM generations WHERE id = $1', [id]);
    expect(row).toEqual({ status: 'cancelled' });
  });
});

describe('a retry', () => {
  test('of what failed is the same request with the same seed, as a new generation', async () => {
    const first = await create(ann, { views: ['front', 'side'], steps: 9 });
    await finish(first.id, 'failed');
    const again = await readAnswer('retryGeneration', await act(first.id, 'retry'));
    expect(again).toMatchObject({
      status: 'queued',
      prompt: first.prompt,
      inputs: first.inputs,
      retry_of: first.id,
    });
    expect(again.id).not.toBe(first.id);
  });

  test('may draw a new seed', async () => {
    const first = await create(ann, { seed: 7 });
    await finish(first.id, 'cancelled');
    const again = await readAnswer(
      'retryGeneration',
      await act(first.id, 'retry', ann, { seed: 'new' }),
    );
    expect(again.inputs['seed']).not.toBe(7);
  });

  test('of a workflow keeps its inputs', async () => {
    const inputs = { prompt: 'a lighthouse', steps: 12 };
    const body = { workflow: 'text-to-image-sdxl', inputs };
    const first = await readAnswer(
      'createGeneration',
      await api.postJson('/v1/generations', body, ann),
    );
    await finish(first.id, 'failed');
    const again = await readAnswer('retryGeneration', await act(first.id, 'retry'));
    expect(again).toMatchObject({ workflow: first.workflow, inputs: first.inputs });
  });

  test.each(['queued', 'processing', 'completed'])(
    'of one that is %s is refused',
    async (status) => {
      const { id } = await create(ann);
      if (status !== 'queued') {
        await api.database.query('UPDATE generations SET status = $2 WHERE id = $1', [id, status]);
      }
      const response = await act(id, 'retry');
      expect([response.status, await codeOf(response)]).toEqual([409, 'wrong_state']);
    },
  );

  test('sent again with its key is one', async () => {
    const first = await create(ann);
    await finish(first.id, 'failed');
    const headers = { ...ann, 'Idempotency-Key': 'retry-once' };
    const one = await readAnswer('retryGeneration', await act(first.id, 'retry', headers));
    const two = await readAnswer('retryGeneration', await act(first.id, 'retry', headers));
    expect(two).toEqual(one);
  });
});

describe('a cancel', () => {
  test('of what waits is done at once; sent again it is answered as before', async () => {
    const { id } = await create(ann);
    const cancelled = await readAnswer('cancelGeneration', await act(id, 'cancel'));
    expect(cancelled).toMatchObject({ status: 'cancelled', cancel_requested: true });
    expect(await readAnswer('cancelGeneration', await act(id, 'cancel'))).toEqual(cancelled);
  });

  test.each(['completed', 'failed'] as const)('of what is %s is refused', async (status) => {
    const { id } = await create(ann);
    await finish(id, status);
    expect(await codeOf(await act(id, 'cancel'))).toBe('wrong_state');
  });
});

// The last one: it stays stopped.
test('a process that stops holds no answer back', async () => {
  const headers = { ...ann, Prefer: 'wait=60' };
  const answering = api.postJson('/v1/generations', { prompt: 'a warrior' }, headers);
  stopping.abort();
  expect((await answering).status).toBe(202);
});
