import { operations, Problem, type Operation, type OperationName } from '@avatarforge/contracts';
import { hashApiKey, newApiKey } from '@avatarforge/core';
import { eventually } from '@avatarforge/testing';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const LIST = '/v1/generations';
const UPLOAD = '/avatarforge-controller/upload/pose_image';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi({ auth: true });
  key = await api.createKey('ann');
}, 60_000);

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const list = (headers: Record<string, string>) => api.fetch(LIST, { headers });

async function codeOf(response: Response): Promise<string> {
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem.code;
}

test('a key opens the door, in either header', async () => {
  expect((await list(bearer(key))).status).toBe(200);
  expect((await list({ 'X-API-Key': key })).status).toBe(200);
});

test.each([
  ['no key', {}],
  ['something else', bearer('secret')],
  ['a key never made', bearer(newApiKey())],
  ['a password', { Authorization: 'Basic YTpi' }],
])('%s does not', async (_name, headers: Record<string, string>) => {
  const response = await list(headers);
  expect(response.headers.get('www-authenticate')).toContain('Bearer');
  expect(await codeOf(response)).toBe('unauthorized');
});

test.each(['revoked_at = now()', `expires_at = now() - interval '1 second'`])(
  'a key with %s does not',
  async (change) => {
    const old = await api.createKey('ann');
    expect((await list(bearer(old))).status).toBe(200);
    await api.database.query(`UPDATE api_keys SET ${change} WHERE secret_hash = $1`, [
      hashApiKey(old),
    ]);
    expect(await codeOf(await list(bearer(old)))).toBe('unauthorized');
  },
);

test('the use of a key is noted, once a minute', async () => {
  const used = await api.createKey('ann');
  const lastUse = async () => {
    const [row] = await api.database.query<{ last_used_at: Date | null }>(
      'SELECT last_used_at FROM api_keys WHERE secret_hash = $1',
      [hashApiKey(used)],
    );
    return row?.last_used_at ?? null;
  };
  expect(await lastUse()).toBeNull();
  await list(bearer(used));
  const first = await eventually(lastUse);
  await list(bearer(used));
  await list(bearer(used));
  expect(await lastUse()).toEqual(first);
});

test.each([
  ['generations:read', 'POST', LIST],
  ['generations:write', 'GET', LIST],
  ['files:read', 'POST', UPLOAD],
] as const)('a key for %s alone may not %s %s', async (scope, method, path) => {
  const narrow = await api.createKey('ann', [scope]);
  const response = await api.fetch(path, { method, headers: bearer(narrow) });
  expect(await codeOf(response)).toBe('insufficient_scope');
});

test('a key that may not write files cannot bring a picture within a request', async () => {
  const narrow = await api.createKey('ann', ['generations:write']);
  const image = (await pictureBytes({ colour: 'lime' })).toString('base64');
  const response = await api.postJson(
    '/avatarforge-controller/generate/avatar',
    { prompt: 'a warrior', pose_image: image },
    bearer(narrow),
  );
  expect(await codeOf(response)).toBe('insufficient_scope');
});

describe('what belongs to another user', () => {
  let others: Record<string, string>;
  let fileId: string;
  let generationId: string;
  beforeAll(async () => {
    others = bearer(await api.createKey('bob'));
    const bytes = await pictureBytes({ colour: 'navy' });
    const file = await readAnswer(
      'uploadPoseImage',
      await api.upload(UPLOAD, bytes, { headers: bearer(key) }),
    );
    fileId = file.file_id;
    const created = await api.postJson(LIST, { prompt: 'a warrior' }, bearer(key));
    generationId = (await readAnswer('createGeneration', created)).id;
  });

  test.each([
    ['file', () => `/avatarforge-controller/files/${fileId}`],
    ['avatar', () => `/avatarforge-controller/generations/${generationId}`],
    ['generation', () => `${LIST}/${generationId}`],
  ])('looks like no %s at all', async (_name, path) => {
    const unknown = path().replace(/[^/]+$/, '01980000-0000-7000-8000-000000000000');
    const answers = await Promise.all(
      [path(), unknown].map(async (address) => {
        const response = await api.fetch(address, { headers: others });
        const text = JSON.stringify(Problem.parse(await response.json()));
        return text.replaceAll(/[0-9a-f-]{36}/g, 'ID');
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toContain('"not_found"');
    expect((await api.fetch(path(), { headers: bearer(key) })).status).toBe(200);
  });

  test('cannot be used', async () => {
    const response = await api.postJson(
      LIST,
      { prompt: 'a warrior', pose_file_id: fileId, allow_fallback: true },
      others,
    );
    expect(await codeOf(response)).toBe('unknown_file');
  });

  test('is not known to have been sent before', async () => {
    const bytes = await pictureBytes({ colour: 'navy' });
    const response = await api.upload(UPLOAD, bytes, { headers: others });
    const file = await readAnswer('uploadPoseImage', response);
    expect(file.is_duplicate).toBe(false);
    expect(file.file_id).not.toBe(fileId);
  });

  test('is not in lists', async () => {
    const page = await readAnswer('listGenerations', await list(others));
    expect(page.data).toEqual([]);
  });
});

test('files are not kept by caches that many people share', async () => {
  const bytes = await pictureBytes({ colour: 'olive' });
  const uploaded = await api.upload(UPLOAD, bytes, { headers: bearer(key) });
  const { url } = await readAnswer('uploadPoseImage', uploaded);
  const response = await api.fetch(url, { headers: bearer(key) });
  expect(response.headers.get('cache-control')).toMatch(/^private,/);
});

test('every operation is closed unless the contract opens it', async () => {
  for (const name of Object.keys(operations) as OperationName[]) {
    const { method, path, scope, isSigned = false }: Operation = operations[name];
    const response = await api.fetch(path.replace(/\{\w+\}/, 'x'), {
      method: method.toUpperCase(),
    });
    expect([name, response.status === 401]).toEqual([name, scope !== null || isSigned]);
  }
});
