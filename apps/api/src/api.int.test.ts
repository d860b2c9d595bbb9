import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, type Readiness } from '@avatarforge/contracts';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const PREFIX = '/avatarforge-controller';

let api: TestApi;
const stopping = new AbortController();
beforeAll(async () => {
  api = await startTestApi({ auth: false, stopping: stopping.signal });
}, 60_000);

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe('the system', () => {
  test.each([
    ['getWelcome', '/'],
    ['getRootHealth', '/health'],
    ['getApiHealth', '/api/health/'],
    ['getApiHealth', '/api/health'],
    ['getLiveness', '/livez'],
    ['getReadiness', '/readyz'],
    ['getControllerHealth', `${PREFIX}/health`],
    ['listPoses', `${PREFIX}/poses`],
  ] as const)('%s answers at %s', async (name, path) => {
    await readAnswer(name, await api.fetch(path));
  });

  test('the welcome is the one that clients know', async () => {
    const welcome = await readAnswer('getWelcome', await api.fetch('/'));
    expect(welcome).toEqual({ message: 'Welcome to AvatarForge API', version: '1.2.3' });
  });

  test('it is ready without Redis, which is told', async () => {
    const readiness = await readAnswer('getReadiness', await api.fetch('/readyz'));
    expect(readiness).toEqual({
      status: 'ready',
      checks: { database: 'ok', storage: 'ok', redis: 'failed' },
      pool: { workers: 0, instances_healthy: 0 },
    });
  });

  test('metrics count by operation', async () => {
    await api.fetch('/livez');
    const response = await api.fetch('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toMatch(
      /avatarforge_http_request_duration_seconds_count\{operation="getLiveness",status="200"\} \d+/,
    );
  });
});

describe('generations', () => {
  test('a wish is accepted, rung for, and found again on both contracts', async () => {
    const response = await api.postJson('/v1/generations', {
      prompt: 'warrior character',
      views: ['front', 'back'],
      seed: 7,
    });
    expect(response.headers.get('location')).toMatch(/^\/v1\/generations\//);
    const created = await readAnswer('createGeneration', response);
    expect(created).toMatchObject({ status: 'queued', shots: { total: 2, done: 0 } });
    expect(created.inputs).toMatchObject({ seed: 7, steps: 20 });
    expect(api.rung).toHaveLength(2);

    const found = await readAnswer('getGeneration', await api.fetch(created.urls.self));
    expect(found).toEqual({ ...created, waiting_reason: 'pool_unavailable' });
    const path = `${PREFIX}/generations/${created.id}`;
    const avatar = await readAnswer('getAvatar', await api.fetch(path));
    expect(avatar).toMatchObject({ generation_id: created.id, status: 'queued' });
  });

  test('the original contract ignores what it does not know', async () => {
    const response = await api.postJson(`${PREFIX}/generate/avatar`, {
      prompt: 'warrior character',
      clothing: 'blue plate armour',
      style: 'comic',
      pose_file_id: '',
      something: 'else',
    });
    const avatar = await readAnswer('generateAvatar', response);
    expect(avatar).toMatchObject({ status: 'queued', output_files: [], error: null });
    expect(avatar.message).toBe('Avatar generation queued.');
  });

  test.each(['pose', 'reference'])('a %s image may stand in the request', async (kind) => {
    const bytes = await pictureBytes({ colour: kind === 'pose' ? 'orchid' : 'coral' });
    const image = `data:image/png;base64,${bytes.toString('base64')}`;
    const response = await api.postJson(`${PREFIX}/generate/avatar`, {
      prompt: 'a warrior',
      [`${kind}_image`]: image,
    });
    const avatar = await readAnswer('generateAvatar', response);
    expect(avatar).toMatchObject({ status: 'queued', workflow: `${kind}-sd15` });
    const upload = await api.upload(`${PREFIX}/upload/${kind}_image`, bytes);
    expect((await readAnswer('uploadPoseImage', upload)).is_duplicate).toBe(true);
  });

  test.each(['/etc/hostname', 'file:///etc/passwd', '../../secret.png'])(
    'the path %s is not read, but taken for a bad picture',
    async (path) => {
      const body = { prompt: 'a warrior', pose_image: path };
      const problem = await problemOf(await api.postJson(`${PREFIX}/generate/avatar`, body));
      expect(['validation_failed', 'unsupported_media_type']).toContain(problem.code);
    },
  );

  test.each(['pose_file_id', 'reference_file_id'])('an unknown %s is named', async (field) => {
    for (const id of ['nope', '01980000-0000-7000-8000-000000000000']) {
      const body = { prompt: 'a warrior', [field]: id };
      const problem = await problemOf(await api.postJson(`${PREFIX}/generate/avatar`, body));
      expect(problem).toMatchObject({ code: 'unknown_file', errors: [{ pointer: `/${field}` }] });
    }
  });

  test('lists go on where the page before ended', async () => {
    const first = await readAnswer('listGenerations', await api.fetch('/v1/generations?limit=1'));
    expect(first).toMatchObject({ has_more: true });
    const next = `/v1/generations?limit=1&cursor=${first.next_cursor ?? ''}`;
    const second = await readAnswer('listGenerations', await api.fetch(next));
    expect(second.data[0]?.id).not.toBe(first.data[0]?.id);
  });
});

describe('what is wrong with a request', () => {
  test('every field at fault is pointed at', async () => {
    const body = { prompt: 'x', width: 100, views: ['front', 'top'], 'a/b': 1 };
    const problem = await problemOf(await api.postJson('/v1/generations', body));
    expect(problem.code).toBe('validation_failed');
    const pointers = problem.errors?.map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual(['/a~1b', '/prompt', '/views/1', '/width']);
    expect(problem.detail).toContain('/prompt: Give at least 3 characters');
  });

  test('so is every parameter', async () => {
    const problem = await problemOf(await api.fetch('/v1/generations?limit=0&page=2'));
    const pointers = problem.errors?.map(({ pointer }) => pointer);
    expect(pointers).toEqual(['query/limit', 'query/page']);
  });

  test.each([
    ['that ends early', '{"prompt":', 'application/json', 'invalid_json'],
    ['of another type', '{"prompt":"abc"}', 'text/plain', 'unsupported_media_type'],
    ['in an unknown charset', '{}', 'application/json; charset=x', 'unsupported_media_type'],
    ['of a megabyte', `"${'x'.repeat(1024 ** 2)}"`, 'application/json', 'payload_too_large'],
  ])('a body %s is refused', async (_name, body, type, code) => {
    const response = await api.postJson('/v1/generations', body, { 'Content-Type': type });
    expect((await problemOf(response)).code).toBe(code);
  });

  test.each([
    ['GET', '/nope'],
    ['GET', '/v1/generations/nope'],
    ['GET', `${PREFIX}/generations/%ff`],
    ['GET', '/problems/nope'],
  ])('%s %s is not found', async (method, path) => {
    expect((await problemOf(await api.fetch(path, { method }))).code).toBe('not_found');
  });
});

test.each([
  ['DELETE', '/v1/generations', 'POST, GET, HEAD'],
  ['PUT', '/v1/files/01980000-0000-7000-8000-000000000000', 'GET, HEAD, DELETE'],
  ['GET', `${PREFIX}/generate/avatar`, 'POST'],
])('%s %s says what the address takes: %s', async (method, path, allowed) => {
  const response = await api.fetch(path, { method });
  expect((await problemOf(response)).code).toBe('method_not_allowed');
  expect(response.headers.get('allow')).toBe(allowed);
});

describe('request ids', () => {
  test('one that the client gives is kept, in header and problem', async () => {
    const response = await api.fetch('/nope', { headers: { 'X-Request-Id': 'mine-1' } });
    expect(response.headers.get('x-request-id')).toBe('mine-1');
    expect((await problemOf(response)).request_id).toBe('mine-1');
  });

  test.each([
    ['spaces', 'a b'],
    ['markup', '<b>'],
    ['129 characters', 'x'.repeat(129)],
  ])('one with %s is replaced', async (_name, id) => {
    const response = await api.fetch('/livez', { headers: { 'X-Request-Id': id } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the documentation', () => {
  test.each([
    ['/docs', 'text/html'],
    ['/docs/start.js', 'text/javascript'],
    ['/docs/swagger-ui.css', 'text/css'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript'],
    ['/docs/favicon-32x32.png', 'image/png'],
    ['/redoc', 'text/html'],
    ['/redoc/redoc.standalone.js', 'text/javascript'],
    ['/openapi.json', 'application/json'],
    ['/problems/not_found', 'text/plain'],
  ])('%s is served as %s', async (path, type) => {
    const response = await api.fetch(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining(type),
    ]);
    expect((await response.text()).length).toBeGreaterThan(100);
  });

  test.each(['/docs', '/redoc'])('%s loads nothing from elsewhere', async (path) => {
    const page = await (await api.fetch(path)).text();
    const loaded = [...page.matchAll(/(?:src|href|spec-url)="([^"]*)"/g)].map(([, url]) => url);
    expect(loaded.length).toBeGreaterThan(1);
    for (const url of loaded) expect((await api.fetch(url ?? '')).status).toBe(200);
    const script = await (await api.fetch('/redoc/redoc.standalone.js')).text();
    expect(script).not.toContain('cdn.redoc.ly');
  });

  test('a problem names the page that explains it', async () => {
    const problem = await problemOf(await api.fetch('/nope'));
    const page = await (await api.fetch(problem.type)).text();
    const file = join(__dirname, '../../../docs/problems/not_found.md');
    expect(page).toBe(readFileSync(file, 'utf8'));
  });
});

// The last one: it stays stopped.
test('it is not ready once it is told to stop', async () => {
  stopping.abort();
  const response = await api.fetch('/readyz');
  expect(response.status).toBe(503);
  expect(((await response.json()) as Readiness).status).toBe('not_ready');
});
