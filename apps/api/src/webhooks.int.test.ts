import { newId } from '@avatarforge/core';
import { Webhook } from 'standardwebhooks';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const ENDPOINTS = '/v1/webhook-endpoints';
const URL_GIVEN = 'https://example.com/avatars';
const REFUSED = 'https://refused.example/';

let api: TestApi;
let ann: Record<string, string>;

beforeAll(async () => {
  api = await startTestApi({
    auth: true,
    refuseWebhookUrl: (url) => (url === REFUSED ? 'Not there.' : null),
  });
  ann = await as('ann');
}, 60_000);

async function as(name: string, ...keyOptions: Parameters<TestApi['createKey']>[1][]) {
  return { authorization: `Bearer ${await api.createKey(name, ...keyOptions)}` };
}

const get = (path: string, headers = ann) => api.fetch(path, { headers });
const post = (path: string, body: unknown = {}, headers = ann) => api.postJson(path, body, headers);
const send = (method: string, path: string, body?: unknown, headers = ann) =>
  api.fetch(path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function givenEndpoint(more: object = {}, headers = ann) {
  const answer = await post(ENDPOINTS, { url: URL_GIVEN, ...more }, headers);
  return readAnswer('createWebhookEndpoint', answer);
}

async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { code: string }).code;
}

/** A delivery that is over, made so many minutes ago. */
async function givenDelivery(endpointId: string, status: string, minutesAgo: number) {
  const [made] = await api.database.query<{ id: string }>(
    `INSERT INTO deliveries (owner_id, endpoint_id, url, target, event, body, status, tries, created_at, finished_at)
       SELECT owner_id, id, url, id::text, 'generation.completed', '{"ä": 1}', $2, 10, now() - $3 * interval '1 min', now()
         FROM webhook_endpoints WHERE id = $1 RETURNING id`,
    [endpointId, status, minutesAgo],
  );
  return made!.id;
}

const statusOf = async (id: string) =>
  (await readAnswer('getDelivery', await get(`/v1/deliveries/${id}`))).status;

it('shows an endpoint as it was asked for, and its secret to whoever may write', async () => {
  const said = { description: 'shop', events: ['batch.completed'], contact_email: 'a@example.com' };
  const answer = await post(ENDPOINTS, { url: URL_GIVEN, ...said });
  expect(answer.headers.get('location')).toMatch(/^\/v1\/webhook-endpoints\//);
  const { secret, ...created } = await readAnswer('createWebhookEndpoint', answer);
  expect(created).toMatchObject({ url: URL_GIVEN, ...said, signing: 'v1', is_enabled: true });
  const found = await readAnswer('getWebhookEndpoint', await get(created.urls.self));
  expect(found).toEqual(created);
  const secretPath = `${created.urls.self}/secret`;
  const read = await readAnswer('getWebhookSecret', await get(secretPath));
  expect(read).toEqual({ secret, previous_secret_until: null });
  const reader = await as('ann', ['webhooks:read']);
  expect((await get(created.urls.self, reader)).status).toBe(200);
  expect(await codeOf(await get(secretPath, reader))).toBe('insufficient_scope');
  expect(await codeOf(await post(ENDPOINTS, { url: URL_GIVEN }, reader))).toBe(
    'insufficient_scope',
  );
});

it('tells nobody the private key of v1a', async () => {
  const { secret, urls } = await givenEndpoint({ signing: 'v1a' });
  expect(secret).toMatch(/^whpk_/);
  expect(Buffer.from(secret.slice(5), 'base64')).toHaveLength(32);
  const rotated = await readAnswer('rotateWebhookSecret', await post(`${urls.self}/rotate-secret`));
  expect(rotated.secret).toMatch(/^whpk_/);
  expect(rotated.secret).not.toBe(secret);
});

it.each([
  ['an address that is refused', { url: REFUSED }],
  ['no address', {}],
  ['another scheme', { url: 'ftp://example.com/' }],
  ['a long address', { url: `https://example.com/${'a'.repeat(2000)}` }],
  ['an event that is none', { url: URL_GIVEN, events: ['generation.dreamt'] }],
  ['a field that is none', { url: URL_GIVEN, secret: 'x' }],
  ['text with NUL', { url: URL_GIVEN, description: 'a\0b' }],
])('refuses %s', async (_what, body) => {
  const answer = await post(ENDPOINTS, body);
  expect(answer.status).toBe(422);
  expect(await codeOf(answer)).toBe('validation_failed');
});

it('rotates a secret, and says how long the one before is good', async () => {
  const { secret, urls } = await givenEndpoint();
  const path = `${urls.self}/rotate-secret`;
  const rotated = await readAnswer('rotateWebhookSecret', await post(path));
  expect(() => new Webhook(rotated.secret)).not.toThrow();
  expect(rotated.secret).not.toBe(secret);
  const hours = (Date.parse(rotated.previous_secret_until ?? '') - Date.now()) / 3_600_000;
  expect(Math.round(hours)).toBe(24);
  const again = await readAnswer('rotateWebhookSecret', await post(`${path}?overlap_hours=0`));
  expect(again.previous_secret_until).toBeNull();
  expect((await post(`${path}?overlap_hours=169`)).status).toBe(422);
});

it('changes what is given, disables and enables', async () => {
  const { urls } = await givenEndpoint({ contact_email: 'a@example.com' });
  const change = async (body: object) =>
    readAnswer('updateWebhookEndpoint', await send('PATCH', urls.self, body));
  expect(await change({ description: 'other' })).toMatchObject({
    ...{ url: URL_GIVEN, description: 'other', contact_email: 'a@example.com' },
  });
  expect(await change({ contact_email: null })).toMatchObject({ contact_email: null });
  const disabled = await change({ is_enabled: false });
  expect(disabled).toMatchObject({
    is_enabled: false,
    disabled_reason: expect.any(String) as string,
  });
  const enabled = await change({ is_enabled: true });
  expect(enabled).toMatchObject({ is_enabled: true, disabled_at: null, disabled_reason: null });
  expect((await send('PATCH', urls.self, { url: REFUSED })).status).toBe(422);
});

it('pings, lists and shows what was sent, to the byte', async () => {
  const endpoint = await givenEndpoint({ events: ['batch.completed'] });
  const answer = await post(`${endpoint.urls.self}/ping`);
  const ping = await readAnswer('pingWebhookEndpoint', answer);
  expect(answer.headers.get('location')).toBe(ping.urls.self);
  expect(ping).toMatchObject({ endpoint_id: endpoint.id, event: 'webhook.ping', tries: 0 });
  const story = await readAnswer('getDelivery', await get(ping.urls.self));
  expect(JSON.parse(story.body)).toMatchObject({
    type: 'webhook.ping',
    data: { endpoint_id: endpoint.id },
  });
  expect(story.attempts).toEqual([]);

  const failed = await givenDelivery(endpoint.id, 'failed', 1);
  const list = async (query: string) => {
    const path = `/v1/deliveries?endpoint_id=${endpoint.id}&${query}`;
    return readAnswer('listDeliveries', await get(path));
  };
  const ids = async (query: string) => (await list(query)).data.map(({ id }) => id);
  expect(await ids('')).toEqual([ping.id, failed]);
  expect(await ids('status=failed')).toEqual([failed]);
  expect(await ids('event=webhook.ping')).toEqual([ping.id]);
  expect(await ids(`generation_id=${newId()}`)).toEqual([]);
  const first = await list('limit=1');
  expect(first.has_more).toBe(true);
  expect(await ids(`limit=1&cursor=${first.next_cursor ?? ''}`)).toEqual([failed]);
});

it('sends one again under its name, and a time of them oldest first', async () => {
  const endpoint = await givenEndpoint();
  const [held, failed, old, taken] = [
    await givenDelivery(endpoint.id, 'held', 3),
    await givenDelivery(endpoint.id, 'failed', 2),
    await givenDelivery(endpoint.id, 'failed', 60),
    await givenDelivery(endpoint.id, 'succeeded', 1),
  ];
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const replay = async (body: object) => {
    const answer = await post(`${endpoint.urls.self}/replay`, body);
    return (await readAnswer('replayDeliveries', answer)).count;
  };
  expect(await replay({ from: at(30), to: at(0) })).toBe(2);
  expect(await Promise.all([held, failed, old, taken].map(statusOf))).toEqual([
    ...['pending', 'pending', 'failed', 'succeeded'],
  ]);
  expect(await replay({ from: at(90), to: at(0), statuses: ['succeeded'] })).toBe(1);

  const again = await readAnswer('redeliver', await post(`/v1/deliveries/${old}/redeliver`));
  expect(again).toMatchObject({ id: old, status: 'pending' });
  const { body } = await readAnswer('getDelivery', await get(`/v1/deliveries/${old}`));
  expect(body).toBe('{"ä": 1}');
  const backwards = await post(`${endpoint.urls.self}/replay`, { from: at(0), to: at(1) });
  expect(backwards.status).toBe(422);
});

it('sends nothing to what is disabled, and holds what was to be sent', async () => {
  const endpoint = await givenEndpoint();
  const ping = await readAnswer('pingWebhookEndpoint', await post(`${endpoint.urls.self}/ping`));
  await send('PATCH', endpoint.urls.self, { is_enabled: false });
  expect(await statusOf(ping.id)).toBe('held');
  const period = { from: ping.created_at, to: ping.created_at };
  for (const [path, body] of [
    [`${endpoint.urls.self}/ping`, {}],
    [`${endpoint.urls.self}/replay`, period],
    [`/v1/deliveries/${ping.id}/redeliver`, {}],
  ] as const) {
    expect(await codeOf(await post(path, body))).toBe('endpoint_disabled');
  }
  await send('PATCH', endpoint.urls.self, { is_enabled: true });
  expect(await statusOf(ping.id)).toBe('held');
  await post(`${endpoint.urls.self}/replay`, period);
  expect(await statusOf(ping.id)).toBe('pending');
});

it('has one default endpoint for each user, made when it is asked for', async () => {
  const kim = await as('kim');
  const path = `${ENDPOINTS}/default`;
  const secrets = await Promise.all(
    [1, 2, 3].map(async () => {
      return (await readAnswer('getWebhookSecret', await get(`${path}/secret`, kim))).secret;
    }),
  );
  expect(new Set(secrets).size).toBe(1);
  const shown = await readAnswer('getWebhookEndpoint', await get(path, kim));
  expect(shown).toMatchObject({ id: 'default', url: null, urls: { self: path } });
  const rotated = await post(`${path}/rotate-secret`, {}, kim);
  expect((await readAnswer('rotateWebhookSecret', rotated)).secret).not.toBe(secrets[0]);
  const list = await readAnswer('listWebhookEndpoints', await get(ENDPOINTS, kim));
  expect(list.data).toEqual([]);
  expect((await send('DELETE', path, undefined, kim)).status).toBe(404);
  expect((await send('PATCH', path, { is_enabled: false }, kim)).status).toBe(404);
  expect((await post(`${path}/ping`, {}, kim)).status).toBe(404);
});

it('hides from others what is not theirs', async () => {
  const bob = await as('bob');
  const { id, urls } = await givenEndpoint();
  const deliveryId = await givenDelivery(id, 'failed', 1);
  const period = { from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
  const answers = (endpoint: string, delivery: string) =>
    Promise.all([
      get(endpoint, bob),
      get(`${endpoint}/secret`, bob),
      send('PATCH', endpoint, { description: 'mine' }, bob),
      send('DELETE', endpoint, undefined, bob),
      post(`${endpoint}/rotate-secret`, {}, bob),
      post(`${endpoint}/ping`, {}, bob),
      post(`${endpoint}/replay`, period, bob),
      get(`/v1/deliveries?endpoint_id=${endpoint.split('/').at(-1) ?? ''}`, bob),
      get(`/v1/deliveries/${delivery}`, bob),
      post(`/v1/deliveries/${delivery}/redeliver`, {}, bob),
    ]);
  const told = async (answer: Response) => {
    const { code, detail } = (await answer.json()) as { code: string; detail: string };
    return { status: answer.status, code, detail };
  };
  const foreign = await Promise.all((await answers(urls.self, deliveryId)).map(told));
  expect(foreign.map(({ status }) => status)).toEqual(Array(10).fill(404));
  for (const none of [newId(), 'nonsense']) {
    const missing = await answers(`${ENDPOINTS}/${none}`, none);
    expect(await Promise.all(missing.map(told))).toEqual(foreign);
  }
  expect((await get(urls.self)).status).toBe(200);
  const list = await readAnswer('listDeliveries', await get('/v1/deliveries', bob));
  expect(list.data).toEqual([]);
});

it('deletes an endpoint with its log', async () => {
  const { id, urls } = await givenEndpoint();
  const deliveryId = await givenDelivery(id, 'failed', 1);
  expect((await send('DELETE', urls.self)).status).toBe(204);
  expect((await get(urls.self)).status).toBe(404);
  expect((await get(`/v1/deliveries/${deliveryId}`)).status).toBe(404);
});

it('takes 50 endpoints of one user, beside the default one', async () => {
  const eve = await as('eve');
  await get(`${ENDPOINTS}/default`, eve);
  for (let n = 0; n < 50; n += 1) await givenEndpoint({}, eve);
  const one = await post(ENDPOINTS, { url: URL_GIVEN }, eve);
  expect(one.status).toBe(409);
  expect(await codeOf(one)).toBe('endpoint_limit');
  expect((await get(`${ENDPOINTS}?limit=100`, eve)).status).toBe(200);
});
