import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@avatarforge/db';
import type { Random } from '@avatarforge/pool-sim';
import { noisePng } from '@avatarforge/rig';
import { createApiKey } from '@avatarforge/services';
import { Readable } from 'node:stream';
import type { Asked } from './audit/evidence';
import { createClient, type Client } from './client';
import type { Recorder } from './recorder';

const OWNERS = 8;
const LOOK_MS = 200;
/** After the last fault is mended, every request must have its answer by then. */
const ANSWER_MS = 2 * 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };
/** What share of the requests is what; the rest are plain. */
const SHARES = { count: 0.1, views: 0.05, pose: 0.08, cancelled: 0.05 };

interface Owner {
  id: string;
  key: string;
}

/** Users who ask for pictures, until they are told to stop. */
export interface Load {
  /** Everything that was asked for so far. */
  asked: readonly Asked[];
  /** What was answered 4xx. */
  refusals: readonly string[];
  /** Asks for nothing more. Resolves when everything has its answer; throws when something has none after minutes. */
  stop(): Promise<void>;
}

/** What load there is to be. */
export interface LoadOptions {
  urls: readonly string[];
  database: Database;
  recorder: Recorder;
  random: Random;
  /** Pictures that are wanted and not there yet, all users together. */
  backlog: number;
  steps: number;
}

/** Starts to ask: as soon as fewer than `backlog` pictures wait, the next user asks for some. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const giveUp = new AbortController();
  // Every request that waits for its next try listens.
  setMaxListeners(0, giveUp.signal);
  const client = createClient(options.urls, giveUp.signal);
  const owners = await givenOwners(client, options);
  const asked: Asked[] = [];
  const pending = new Set<Promise<void>>();
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;

  const running = (async () => {
    for (let n = 0; !isStopping(); n += 1) {
      while (!isStopping() && (await waiting(options.database, asked)) >= options.backlog)
        await delay(LOOK_MS);
      const owner = owners[n % owners.length];
      if (!owner) break;
      const one = askOne(client, owner, { ...options, n, asked });
      pending.add(one);
      // Whoever stops the load is told of what failed.
      one.finally(() => pending.delete(one)).catch(() => undefined);
      // One after the other, so that the backlog is known; a request may take seconds when something is broken.
      await Promise.race([one, delay(LOOK_MS)]);
    }
  })();
  return {
    asked,
    refusals: client.refusals,
    async stop() {
      stopping.abort();
      const late = setTimeout(() => {
        giveUp.abort(new Error(`${pending.size} requests had no answer for minutes`));
      }, ANSWER_MS);
      await running;
      await Promise.all(pending);
      clearTimeout(late);
    },
  };
}

/** Pictures that were asked for and are not there yet; what cannot be looked at now is taken for enough. */
async function waiting(database: Database, asked: readonly Asked[]): Promise<number> {
  const unanswered = asked.filter(({ id }) => id === null);
  const open = unanswered.reduce((total, { shots }) => total + shots, 0);
  try {
    const [row] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM shots WHERE status IN ('queued', 'active')`,
    );
    return open + (row?.count ?? 0);
  } catch {
    return Infinity;
  }
}

/** Each has a key, and an endpoint that is told of every end. */
async function givenOwners(client: Client, { database, recorder }: LoadOptions): Promise<Owner[]> {
  const owners: Owner[] = [];
  for (let n = 1; n <= OWNERS; n += 1) {
    const user = { userName: `user ${n}`, role: 'user', name: 'chaos' } as const;
    const { key, userId: id } = await createApiKey({ database }, user);
    const events = ['completed', 'failed', 'cancelled'].map((end) => `generation.${end}`);
    const body = () => JSON.stringify({ url: recorder.urlFor(id), events });
    const request = { method: 'POST', key, body, headers: JSON_TYPE };
    const answer = await client.send('/v1/webhook-endpoints', request);
    recorder.learnSecret(id, (answer.body as { secret: string }).secret);
    owners.push({ id, key });
  }
  return owners;
}

async function askOne(
  client: Client,
  { id: ownerId, key }: Owner,
  { n, asked, random, steps }: LoadOptions & { n: number; asked: Asked[] },
): Promise<void> {
  const kind = random.next();
  const wish: Record<string, unknown> = { prompt: `a warrior, ${n}`, seed: n, steps };
  Object.assign(wish, { width: 64, height: 64 }, shapeOf(kind));
  const shots = kind < SHARES.count ? 3 : kind < SHARES.count + SHARES.views ? 2 : 1;
  const one: Asked = {
    ...{ key: randomUUID(), ownerId, shots, id: null, cancelled: null, isTold: true },
  };
  // Written down before it is asked for: only so can it be missed.
  asked.push(one);
  const fromPose = SHARES.count + SHARES.views;
  if (kind >= fromPose && kind < fromPose + SHARES.pose)
    wish['pose_file_id'] = await upload(client, key);
  const answer = await client.send('/v1/generations', {
    ...{ method: 'POST', key, body: () => JSON.stringify(wish) },
    headers: { ...JSON_TYPE, 'idempotency-key': one.key },
  });
  if (answer.status >= 300) return;
  one.id = (answer.body as { id: string }).id;
  if (kind < 1 - SHARES.cancelled) return;
  await delay(random.between(0, 3000));
  const request = { method: 'POST', key, body: () => '{}', headers: JSON_TYPE };
  const { status } = await client.send(`/v1/generations/${one.id}/cancel`, request);
  one.cancelled = status === 409 ? 'too_late' : 'accepted';
}

function shapeOf(kind: number): object {
  if (kind < SHARES.count) return { count: 3 };
  if (kind < SHARES.count + SHARES.views) return { views: ['front', 'side'] };
  return {};
}

/** A picture that nobody has sent before. */
async function upload(client: Client, key: string): Promise<string> {
  const bytes = await buffer(Readable.from(noisePng({ width: 64, height: 64 })));
  const body = () => {
    const form = new FormData();
    form.set('file', new Blob([Uint8Array.from(bytes)], { type: 'image/png' }), 'pose.png');
    return form;
  };
  const answer = await client.send('/v1/files?kind=pose', { method: 'POST', key, body });
  return (answer.body as { id: string }).id;
}
