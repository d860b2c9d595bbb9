import { eventually } from '@avatarforge/testing';
import { Webhook } from 'standardwebhooks';
import { givenCluster, type Cluster } from './fixtures/cluster';
import { readEvents, type StreamedEvent } from './fixtures/eventStream';
import { send, type Generation } from './fixtures/requests';
import { startWebhookReceiver } from './fixtures/webhookReceiver';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await givenCluster({ sims: 1, stepMs: 5, env: { OUTBOUND_ALLOW: '127.0.0.1' } });
}, 60_000);

const wish = { prompt: 'a warrior', steps: 5, width: 64, height: 64 };

async function isThere(api: string): Promise<boolean> {
  try {
    return (await fetch(`${api}/livez`)).ok;
  } catch {
    return false;
  }
}

async function create(api: string, more: object = {}): Promise<string> {
  const answer = await send<Generation>(`${api}/v1/generations`, { body: { ...wish, ...more } });
  if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}

test('a worker killed between sending a webhook and recording it: it comes again, with the same name and words', async () => {
  const api = await cluster.startApi();
  let isHolding = true;
  const receiver = await startWebhookReceiver((res) => {
    if (!isHolding) res.writeHead(204).end();
  });
  const { status, body: endpoint } = await send<{ secret: string }>(
    `${api.url}/v1/webhook-endpoints`,
    { body: { url: receiver.url, events: ['generation.completed'] } },
  );
  expect(status).toBe(201);
  const worker = cluster.startWorker();
  const id = await create(api.url);
  await eventually(() => receiver.received.length === 1, { timeoutMs: 30_000 });
  await worker.stop('SIGKILL');
  isHolding = false;

  cluster.startWorker();
  // What the dead one had in hand is due again after a minute, which nobody waits for here.
  await cluster.database.query(
    `UPDATE deliveries SET next_at = next_at - interval '1 min' WHERE status = 'pending'`,
  );
  await eventually(() => receiver.received.length === 2, { timeoutMs: 30_000 });
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  const verifier = new Webhook(endpoint.secret);
  for (const { body, headers } of receiver.received) {
    const event = verifier.verify(body, headers as Record<string, string>);
    expect(event).toMatchObject({ type: 'generation.completed', data: { id } });
  }
  await eventually(async () => {
    const [delivery] = await cluster.database.query<{ status: string }>(
      'SELECT status FROM deliveries',
    );
    return delivery?.status === 'succeeded';
  });
}, 120_000);

test('a stream of events is read on over killed APIs: no change of state is missed, and none comes twice', async () => {
  let api = await cluster.startApi();
  cluster.startWorker();
  const heard: StreamedEvent[] = [];
  const stopping = new AbortController();
  const follow = async () => {
    while (!stopping.signal.aborted) {
      await eventually(() => isThere(api.url), { timeoutMs: 30_000 });
      const lastEventId = heard.findLast(({ id }) => id !== null)?.id ?? '0';
      const onEvent = (event: StreamedEvent) => heard.push(event);
      await readEvents(`${api.url}/v1/events`, {
        ...{ onEvent, lastEventId, signal: stopping.signal },
      }).catch(() => undefined);
    }
  };
  const following = follow();
  const ids: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 8; n++) ids.push(await create(api.url));
    await api.stop('SIGKILL');
    api = await cluster.startApi();
  }
  const isFinal = ({ event }: StreamedEvent) => event === 'generation.completed';
  await eventually(() => heard.filter(isFinal).length >= ids.length, { timeoutMs: 60_000 });
  stopping.abort();
  await following;

  const changes = heard.filter(({ id }) => id !== null);
  const logged = await cluster.database.query<{ id: string }>('SELECT id FROM events ORDER BY id');
  expect(changes.map(({ id }) => id)).toEqual(logged.map(({ id }) => id));
  for (const id of ids) {
    const story = changes.filter(({ data }) => (data as { data: { id: string } }).data.id === id);
    expect(story.map(({ event }) => event)).toEqual([
      'generation.queued',
      'generation.started',
      'generation.completed',
    ]);
  }
}, 180_000);
