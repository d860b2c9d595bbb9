import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { givenInstance } from './fixtures/givenInstance';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

let api: TestApi;
let id: string;
let admin: Record<string, string>;

beforeAll(async () => {
  api = await startTestApi({ auth: true });
  id = await givenInstance(api.database);
  admin = { authorization: `Bearer ${await api.createKey('root', ['admin'])}` };
}, 60_000);

async function newSecret(): Promise<string> {
  const path = `/v1/instances/${id}/callback-secret`;
  const answer = await api.fetch(path, { method: 'POST', headers: admin });
  return (await readAnswer('rotateCallbackSecret', answer)).secret;
}

function ring(secret: string, body: string, { instance = id, at = new Date() } = {}) {
  const name = `msg_${randomUUID()}`;
  return api.fetch(`/v1/instances/${instance}/callback`, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': name,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(name, at, body),
    },
  });
}

it('has an instance looked at that calls back, whatever it says', async () => {
  const secret = await newSecret();
  for (const body of ['{"prompt_id":"x"}', 'not JSON', '', '{"status":"completed"}']) {
    const before = api.rungInstances.length;
    expect((await ring(secret, body)).status).toBe(204);
    expect(api.rungInstances.slice(before)).toEqual([id]);
  }
});

it('believes nobody else', async () => {
  const old = await newSecret();
  const secret = await newSecret();
  const hourAgo = new Date(Date.now() - 3_600_000);
  const rung = api.rungInstances.length;
  const answers = [
    await ring(old, '{}'),
    await ring(secret, '{}', { at: hourAgo }),
    await ring(secret, '{}', { instance: randomUUID() }),
    await ring(secret, '{}', { instance: 'nonsense' }),
    await api.fetch(`/v1/instances/${id}/callback`, { method: 'POST', body: '{}' }),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'bad_signature' });
  }
  expect(api.rungInstances).toHaveLength(rung);
  expect((await ring(secret, 'x'.repeat(70_000))).status).toBe(413);
});

it('gives secrets to operators alone', async () => {
  const member = { authorization: `Bearer ${await api.createKey('ann')}` };
  const path = `/v1/instances/${id}/callback-secret`;
  expect((await api.fetch(path, { method: 'POST', headers: member })).status).toBe(403);
  const unknown = `/v1/instances/${randomUUID()}/callback-secret`;
  expect((await api.fetch(unknown, { method: 'POST', headers: admin })).status).toBe(404);
});
