import { findEndpoint, listDeliveryAttempts, openDatabase } from '@avatarforge/db';
import { eventually, startProxy } from '@avatarforge/testing';
import { Webhook } from 'standardwebhooks';
import {
  givenWebhooks,
  startReceiver,
  taken,
  type Answer,
  type WebhookScene,
} from '../fixtures/webhookScene';

let scene: WebhookScene;

beforeAll(async () => {
  scene = await givenWebhooks();
}, 60_000);

async function read(id: string) {
  const [row] = await scene.database.query<{ status: string; tries: number; waitS: number | null }>(
    `SELECT status, tries, round(extract(epoch FROM next_at - now()))::int AS "waitS" FROM deliveries WHERE id = $1`,
    [id],
  );
  return row!;
}

/** The first try at a delivery, once it is written down. */
const firstTry = (id: string) =>
  eventually(async () => (await listDeliveryAttempts(scene.database, id))[0] ?? null);

/** Makes a delivery and has it tried once. */
async function deliver(endpointId: string, body?: string) {
  const id = await scene.givenDelivery(endpointId, body);
  const deliverer = scene.startDeliverer();
  const attempt = await firstTry(id);
  await deliverer.stop(AbortSignal.timeout(5000));
  return { id, attempt, delivery: await read(id) };
}

/** One delivery to a receiver that answers so. */
async function deliverTo(answer: Answer) {
  const receiver = await startReceiver(answer);
  const endpoint = await scene.givenEndpoint(`${receiver.url}/hook`);
  return { ...(await deliver(endpoint.id)), endpoint, receiver };
}

it('sends the words as they are, signed, and writes down what was said, without the secret', async () => {
  const receiver = await startReceiver((res) =>
    res.writeHead(200, { 'x-told': 'ä' }).end('thanks'),
  );
  const { id: endpointId, secret } = await scene.givenEndpoint(`${receiver.url}/hook?a=1`);
  const body = '{"type": "x",  "data": {"wörds": "日本 \\u0000"}}';
  const { id, attempt, delivery } = await deliver(endpointId, body);
  expect(delivery.status).toBe('succeeded');
  const [{ headers, path, ...sent }] = receiver.received as [(typeof receiver.received)[0]];
  expect({ path, sent: sent.body }).toEqual({ path: '/hook?a=1', sent: body });
  expect(new Webhook(secret).verify(sent.body, headers as Record<string, string>)).toEqual(
    JSON.parse(body),
  );
  expect(headers).toMatchObject({ 'webhook-id': id, 'content-type': 'application/json' });
  expect(headers['user-agent']).toMatch(/^AvatarForge-Webhooks\/\d/);
  expect(attempt).toMatchObject({
    number: 1,
    statusCode: 200,
    error: null,
    response: { body: 'thanks' },
  });
  expect(attempt.request.headers['webhook-signature']).toBe(headers['webhook-signature']);
  expect(JSON.stringify(attempt)).not.toContain(secret.slice('whsec_'.length));
});

it('follows no redirect, and says so', async () => {
  const { attempt, receiver, delivery } = await deliverTo((res) => {
    res.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  expect(attempt).toMatchObject({ statusCode: 307, error: expect.any(String) as string });
  expect(delivery.status).toBe('pending');
});

it('tells nothing more to an endpoint that is gone', async () => {
  const { endpoint, delivery } = await deliverTo((res) => res.writeHead(410).end());
  expect(delivery.status).toBe('failed');
  const found = await findEndpoint(scene.database, { id: endpoint.id, ownerId: scene.ownerId });
  expect(found?.disabledAt).not.toBeNull();
});

it('leaves a receiver alone for as long as it asks', async () => {
  const { delivery } = await deliverTo((res) =>
    res.writeHead(429, { 'retry-after': '3600' }).end(),
  );
  expect(delivery).toMatchObject({ status: 'pending', tries: 1 });
  expect(delivery.waitS).toBeGreaterThan(3500);
});

it('keeps the first 4 KB of an answer, whatever they are', async () => {
  const { attempt } = await deliverTo((res) => res.writeHead(500).end('a\0é'.repeat(3000)));
  expect(attempt.response?.is_truncated).toBe(true);
  expect(attempt.response?.body.startsWith('a\uFFFDé')).toBe(true);
  expect(Buffer.from('a\0é'.repeat(1024))).toHaveLength(4096);
  expect(attempt.response?.body.replaceAll('\uFFFD', '\0')).toBe('a\0é'.repeat(1024));
});

it('tries again what breaks off, and what may not be reached', async () => {
  const { attempt, delivery } = await deliverTo((res) => res.destroy());
  expect(attempt).toMatchObject({ statusCode: null, error: expect.any(String) as string });
  expect(delivery.status).toBe('pending');
  const inside = await scene.givenEndpoint('http://127.0.0.2:9999/');
  const blocked = await deliver(inside.id);
  expect(blocked.attempt).toMatchObject({ statusCode: null, response: null });
  expect(blocked.delivery.status).toBe('pending');
});

it('keeps nobody waiting for one who never answers', async () => {
  const dead = await startReceiver(() => undefined);
  const alive = await startReceiver(taken);
  const deadEndpoint = await scene.givenEndpoint(dead.url);
  const aliveEndpoint = await scene.givenEndpoint(alive.url);
  const stuck: string[] = [];
  for (let n = 0; n < 100; n += 1) stuck.push(await scene.givenDelivery(deadEndpoint.id));
  const deliverer = scene.startDeliverer();
  await eventually(() => dead.received.length === 8);
  const id = await scene.givenDelivery(aliveEndpoint.id);
  deliverer.ring();
  await eventually(async () => (await read(id)).status === 'succeeded');
  expect(dead.received).toHaveLength(8);
  const tried = () =>
    scene.database.query('SELECT 1 FROM delivery_attempts WHERE delivery_id = ANY ($1)', [stuck]);
  expect(await tried()).toEqual([]);

  // Cut off, they are not written down, and are due again.
  await deliverer.stop(AbortSignal.abort());
  expect(await tried()).toEqual([]);
  await scene.database.query(
    `UPDATE deliveries SET status = 'held', next_at = NULL WHERE id = ANY ($1)`,
    [stuck],
  );
});

it('sends again, and loses nothing, when the database goes between sending and writing down', async () => {
  const proxy = await startProxy(scene.databaseUrl);
  const cutOff = openDatabase({ url: proxy.url, onError: () => undefined });
  const receiver = await startReceiver((res, received) => {
    const isFirst = receiver.received.length === 1;
    void (isFirst ? proxy.cut() : Promise.resolve()).then(() => {
      taken(res, received);
    });
  });
  const { id: endpointId, secret } = await scene.givenEndpoint(receiver.url);
  const id = await scene.givenDelivery(endpointId, '{"n": 1}');
  const dying = scene.startDeliverer(cutOff);
  await eventually(() => receiver.received.length === 1);
  await dying.stop(AbortSignal.timeout(5000));
  expect(await read(id)).toMatchObject({ status: 'pending', tries: 1 });
  await cutOff.close();

  await scene.database.query('UPDATE deliveries SET next_at = now() WHERE id = $1', [id]);
  scene.startDeliverer();
  await eventually(async () => (await read(id)).status === 'succeeded');
  const [first, second] = receiver.received;
  expect(receiver.received).toHaveLength(2);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  for (const { body, headers } of receiver.received) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({ n: 1 });
  }
});
