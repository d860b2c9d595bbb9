import { Problem, type Instance } from '@avatarforge/contracts';
import { newId } from '@avatarforge/core';
import { acquireLeases, saveInstanceHealth, syncInstances } from '@avatarforge/db';
import { givenInstance } from './fixtures/givenInstance';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

let api: TestApi;
let operator: Record<string, string>;
let ann: Record<string, string>;
beforeAll(async () => {
  api = await startTestApi({ auth: true });
  const bearer = async (...key: Parameters<TestApi['createKey']>) => ({
    Authorization: `Bearer ${await api.createKey(...key)}`,
  });
  operator = await bearer('operator', ['admin']);
  ann = await bearer('ann', ['generations:read', 'generations:write', 'files:read', 'files:write']);
}, 60_000);

let count = 0;
const newUrl = () => `http://gpu-${++count}:8188`;
const codeOf = async (response: Response) => Problem.parse(await response.json()).code;
const send = (method: string, path: string, body?: object, headers = operator) =>
  api.fetch(path, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const add = async (body: object = {}) =>
  readAnswer('addInstance', await send('POST', '/v1/instances', { url: newUrl(), ...body }));
const get = async (id: string) =>
  readAnswer('getInstance', await send('GET', `/v1/instances/${id}`));
const list = async (query = '') =>
  readAnswer('listInstances', await send('GET', `/v1/instances?${query}`));
const idsOf = ({ data }: { data: Instance[] }) => data.map(({ id }) => id);

/** An attempt that the instance has, at a shot of nobody in particular. */
async function givenWork(instanceId: string, state: string): Promise<string> {
  const created = await api.postJson('/v1/generations', { prompt: 'a warrior' }, ann);
  const { id } = await readAnswer('createGeneration', created);
  const attemptId = newId();
  await api.database.query(
    `WITH s AS (
       UPDATE shots SET status = 'active', current_attempt_id = $2 WHERE generation_id = $1 RETURNING id)
     INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state) SELECT $2, id, $3, 1, 'x', $4 FROM s`,
    [id, attemptId, instanceId, state],
  );
  return attemptId;
}

describe('an instance that is added', () => {
  test('is in the pool, unknown until a worker has looked at it', async () => {
    const url = newUrl();
    const answer = await send('POST', '/v1/instances', {
      url: `${url.toUpperCase().replace('HTTP', 'http')}/`,
      name: 'GPU',
      labels: { gpu: '4090' },
    });
    const added = await readAnswer('addInstance', answer);
    expect(answer.headers.get('location')).toBe(`/v1/instances/${added.id}`);
    expect(added).toMatchObject({
      ...{ url, name: 'GPU', labels: { gpu: '4090' }, source: 'api', state: 'active' },
      health: { status: 'unknown', reason: null },
      prompts: { running: 0, waiting: 0, storing: 0 },
      ...{ version: null, devices: [], models_count: null, driver: null, seen_at: null },
    });
    expect(await get(added.id)).toEqual(added);
    expect(idsOf(await list())).toContain(added.id);
    expect((await acquireLeases(api.database, newId())).map((lease) => lease.url)).toContain(url);
  });

  test('shows its credentials to nobody, and keeps them', async () => {
    const { id, url } = await add({ url: 'https://ann:s3cret@gpu.example/comfy' });
    expect(url).toBe('https://gpu.example/comfy');
    expect(JSON.stringify(await list('limit=100'))).not.toContain('s3cret');
    const [row] = await api.database.query('SELECT url FROM instances WHERE id = $1', [id]);
    expect(row).toEqual({ url: 'https://ann:s3cret@gpu.example/comfy' });
  });

  test('is added once, however it is written and by however many at once', async () => {
    const url = newUrl();
    const ways = [url, `${url}/`, url.replace('//', '//ann:pw@'), url.replace('//', '//bob@')];
    const answers = await Promise.all(
      ways.map((way) => send('POST', '/v1/instances', { url: way })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(await codeOf(refused!)).toBe('instance_exists');
    const [row] = await api.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM instances WHERE url LIKE '%' || $1`,
      [url.replace('http://', '')],
    );
    expect(row?.n).toBe(1);
  });

  test.each([
    [{ url: 'gpu-7' }, '/url'],
    [{ url: 'ftp://gpu-7' }, '/url'],
    [{ url: 'http://gpu-7/?x=1' }, '/url'],
    [{ url: 'http://gpu-7', labels: { 'a b': 'x' } }, '/labels/a b'],
    [{ url: 'http://gpu-7', labels: { a: '' } }, '/labels/a'],
    [{ url: 'http://gpu-7', name: '' }, '/name'],
    [{ url: 'http://gpu-7', depth: 3 }, '/depth'],
    [{}, '/url'],
  ])('is not added as %j', async (body, pointer) => {
    const problem = Problem.parse(await (await send('POST', '/v1/instances', body)).json());
    expect(problem).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] });
  });
});

describe('an instance that is driven', () => {
  test('shows who drives it, what it is, what it has and what it does', async () => {
    const id = await givenInstance(api.database);
    const { driver } = await get(id);
    await saveInstanceHealth(api.database, {
      id,
      epoch: driver?.epoch ?? '',
      health: 'ok',
      healthReason: null,
      systemStats: {
        devices: [{ name: 'cuda:0', vramTotalBytes: 24e9, vramFreeBytes: 20e9, type: 'cuda' }],
      },
    });
    await api.database.query(
      `INSERT INTO lane_times (instance_id, lane, run_ms, load_ms, runs) VALUES ($1, 'sd15', 1500, null, 2), ($1, 'sdxl', 4000, 9000, 7)`,
      [id],
    );
    await api.database.query(
      `UPDATE instances SET warm_lanes = '{sdxl,sd15}', version = '0.33.0' WHERE id = $1`,
      [id],
    );
    for (const state of ['started', 'claimed', 'dispatched', 'executed'])
      await givenWork(id, state);
    const shown = await get(id);
    expect(shown).toMatchObject({
      ...{ source: 'config', version: '0.33.0', warm_lanes: ['sdxl', 'sd15'] },
      health: { status: 'ok', reason: null },
      devices: [{ name: 'cuda:0', vram_total_bytes: 24e9, vram_free_bytes: 20e9 }],
      prompts: { running: 1, waiting: 2, storing: 1 },
      lane_times: [
        { lane: 'sdxl', run_ms: 4000, load_ms: 9000, runs: 7 },
        { lane: 'sd15', run_ms: 1500, load_ms: null, runs: 2 },
      ],
      driver: { epoch: '1' },
    });
    expect(shown.models_count).toBeGreaterThan(0);
    expect([shown.seen_at, shown.capabilities_seen_at]).not.toContain(null);
  });
});

describe('a change', () => {
  test('of name and labels leaves alone what is not sent', async () => {
    const { id } = await add({ name: 'old', labels: { gpu: '4090' } });
    const change = async (body: object) =>
      readAnswer('updateInstance', await send('PATCH', `/v1/instances/${id}`, body));
    expect(await change({ labels: { rack: 'b' } })).toMatchObject({
      name: 'old',
      labels: { rack: 'b' },
    });
    expect(await change({ name: null })).toMatchObject({ name: null, labels: { rack: 'b' } });
    expect(await change({})).toMatchObject({ name: null, labels: { rack: 'b' } });
    const refused = await send('PATCH', `/v1/instances/${id}`, { url: 'http://else' });
    expect(await codeOf(refused)).toBe('validation_failed');
  });

  test('to draining and back can be asked for twice', async () => {
    const { id } = await add();
    for (const state of ['draining', 'draining', 'active', 'active']) {
      const verb = state === 'active' ? 'resume' : 'drain';
      const answer = await send('POST', `/v1/instances/${id}/${verb}`);
      expect(await answer.json()).toMatchObject({ id, state });
    }
  });
});

describe('an instance that is removed', () => {
  const remove = (id: string) => send('DELETE', `/v1/instances/${id}`);

  test('is gone, and adding it again brings it back under its id, ready for work', async () => {
    const url = newUrl();
    const { id } = await add({ url, name: 'old', labels: { a: 'b' } });
    await send('POST', `/v1/instances/${id}/drain`);
    expect((await remove(id)).status).toBe(204);
    expect(await codeOf(await send('GET', `/v1/instances/${id}`))).toBe('not_found');
    expect(await codeOf(await remove(id))).toBe('not_found');
    expect(idsOf(await list('limit=100'))).not.toContain(id);
    expect(await add({ url: url.replace('//', '//ann:pw@') })).toMatchObject({
      ...{ id, url, name: null, labels: {}, state: 'active', source: 'api' },
    });
  });

  test('by two at once is removed by one', async () => {
    const { id } = await add();
    const answers = await Promise.all([remove(id), remove(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
  });

  test('is shown as leaving until it has finished what it had', async () => {
    const { id } = await add();
    const attemptId = await givenWork(id, 'started');
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(204);
    expect(await get(id)).toMatchObject({ state: 'leaving', prompts: { running: 1 } });
    expect(idsOf(await list('state=leaving'))).toEqual([id]);
    await api.database.query(`UPDATE attempts SET state = 'stored' WHERE id = $1`, [attemptId]);
    expect(await codeOf(await send('GET', `/v1/instances/${id}`))).toBe('not_found');
  });

  test('is not one of the configuration, which would come back', async () => {
    const id = await givenInstance(api.database);
    const refused = await remove(id);
    const problem = Problem.parse(await refused.json());
    expect(problem.code).toBe('instance_configured');
    expect(problem.detail).toContain('COMFYUI_URLS');
    expect((await get(id)).state).toBe('active');
  });
});

describe('the configuration', () => {
  test('removes only what came from it, and takes over what was added', async () => {
    const urls = [newUrl(), newUrl()];
    const added = await add({ name: 'mine' });
    const adopted = await add({ url: urls[0] });
    await syncInstances(api.database, urls);
    expect(await get(added.id)).toMatchObject({ source: 'api', state: 'active', name: 'mine' });
    expect(await get(adopted.id)).toMatchObject({ source: 'config', state: 'active' });
    const { data } = await list('limit=100&state=active');
    const configured = data.filter(({ source }) => source === 'config').map(({ url }) => url);
    expect(configured.sort()).toEqual([...urls].sort());
    await syncInstances(api.database, []);
    expect(await codeOf(await send('GET', `/v1/instances/${adopted.id}`))).toBe('not_found');
    expect((await get(added.id)).state).toBe('active');
  });
});

describe('lists of instances', () => {
  const ids: string[] = [];
  beforeAll(async () => {
    await api.database.query('UPDATE instances SET removed_at = now()');
    await api.database.query(`UPDATE attempts SET state = 'stored'`);
    for (const gpu of ['4090', '4090', '3090']) {
      ids.unshift((await add({ labels: { gpu, site: 'x:1' } })).id);
    }
    await send('POST', `/v1/instances/${ids[0]}/drain`);
    await api.database.query(`UPDATE instances SET health = 'unreachable' WHERE id = $1`, [ids[1]]);
  });

  test.each([
    ['label=gpu:4090', [1, 2]],
    ['label=gpu:3090&label=site:x:1', [0]],
    ['label=gpu:3090&label=gpu:4090', []],
    ['label=gpu:5090', []],
    ['health=unreachable', [1]],
    ['state=draining', [0]],
    ['label=gpu:4090&health=unknown', [2]],
  ])('by %s have those', async (query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected.map((n) => ids[n]));
  });

  test('go on where the page before ended', async () => {
    const first = await list('limit=2');
    expect(first).toMatchObject({ has_more: true });
    const second = await list(`limit=2&cursor=${first.next_cursor ?? ''}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second).toMatchObject({ has_more: false, next_cursor: null });
  });

  test.each(['label=gpu', 'health=well', 'limit=0', 'cursor=x', 'page=2'])(
    'by %s are refused',
    async (query) => {
      expect(await codeOf(await send('GET', `/v1/instances?${query}`))).toBe('validation_failed');
    },
  );
});

describe.each([
  ['GET', '/v1/instances'],
  ['POST', '/v1/instances'],
  ['GET', '/v1/instances/ID'],
  ['PATCH', '/v1/instances/ID'],
  ['POST', '/v1/instances/ID/drain'],
  ['POST', '/v1/instances/ID/resume'],
  ['DELETE', '/v1/instances/ID'],
  ['GET', '/v1/stats'],
])('%s %s', (method, path) => {
  const body = ['POST', 'PATCH'].includes(method) ? { url: 'http://gpu-x' } : undefined;

  test('is for operators alone', async () => {
    const { id } = await add();
    const refused = await send(method, path.replace('ID', id), body, ann);
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'insufficient_scope']);
    expect((await get(id)).state).toBe('active');
  });

  if (!path.includes('ID')) return;

  test.each([newId(), 'no-id'])('knows no instance %s', async (id) => {
    const answer = await send(method, path.replace('ID', id), body && { name: 'x' });
    expect(await codeOf(answer)).toBe('not_found');
  });
});

test('an address of an instance says which methods it takes', async () => {
  const answer = await send('PUT', `/v1/instances/${newId()}`, {});
  expect(answer.headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE');
});
