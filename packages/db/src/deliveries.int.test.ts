import { newId } from '@avatarforge/core';
import type { Database } from './database';
import {
  claimDeliveries,
  deleteOldCallbacks,
  listDeliveries,
  listDeliveryAttempts,
  recordAttempt,
  redeliver,
  replayDeliveries,
  type DeliveryClaim,
  type DeliveryEnd,
} from './deliveryRepository';
import { givenDatabase, givenUser } from './fixtures/givenPool';
import {
  ensureDefaultEndpoint,
  findEndpoint,
  insertEndpoint,
  rotateEndpointSecret,
  updateEndpoint,
} from './webhookEndpointRepository';

let db: Database;
let ownerId: string;

beforeAll(async () => {
  db = await givenDatabase();
}, 60_000);

beforeEach(async () => {
  // Claims are not by owner: what an earlier test left is not due any more.
  await db.query(`UPDATE deliveries SET status = 'held', next_at = NULL`);
  ownerId = await givenUser(db);
});

async function givenEndpoint({ failingFor }: { failingFor?: string } = {}): Promise<string> {
  const said = { url: 'https://example.com/', description: '', events: [], signing: 'v1' } as const;
  const endpoint = { ...said, ownerId, contactEmail: 'me@example.com', secret: 'whsec_old' };
  const { id } = (await insertEndpoint(db, { ...endpoint, events: [] }, 1000))!;
  await db.query(
    `UPDATE webhook_endpoints SET failing_since = now() - $2::interval WHERE id = $1`,
    [...[id, failingFor ?? null]],
  );
  return id;
}

/** Due deliveries, the first made the longest due. */
async function givenDue(endpointId: string, count: number, target = endpointId): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `INSERT INTO deliveries (owner_id, endpoint_id, url, target, event, body, next_at)
       SELECT $1, $2, 'https://example.com/', $3, 'generation.completed', '{}', now() - ($4 - n) * interval '1 s'
         FROM generate_series(1, $4) AS n RETURNING id`,
    [ownerId, endpointId, target, count],
  );
  return rows.map(({ id }) => id);
}

const ALL = { most: 1000, mostFailing: 1000, busy: {} };
const claimAll = () => claimDeliveries(db, ALL);

async function claimOne(): Promise<DeliveryClaim> {
  const [claim] = await claimAll();
  if (!claim) throw new Error('nothing was due');
  return claim;
}

const record = (claim: DeliveryClaim, end: DeliveryEnd) =>
  recordAttempt(db, claim, {
    attempt: {
      ...{ startedAt: new Date(), durationMs: 5, statusCode: 500, error: null },
      ...{ request: { url: claim.url, headers: {} }, response: null, timings: null },
    },
    end,
  });

async function read(id: string) {
  const [row] = await db.query<{ status: string; waitS: number | null; isOver: boolean }>(
    `SELECT status, round(extract(epoch FROM next_at - now()))::int AS "waitS", finished_at IS NOT NULL AS "isOver"
       FROM deliveries WHERE id = $1`,
    [id],
  );
  return row;
}

const makeDue = (id: string) =>
  db.query(`UPDATE deliveries SET next_at = now() WHERE id = $1 AND next_at IS NOT NULL`, [id]);
const endpointOf = async (id: string) => (await findEndpoint(db, { id, ownerId }))!;
const failed = { outcome: 'retry', waitMs: 60_000 } as const;

describe('claims', () => {
  it('give each delivery to one of many who ask at once', async () => {
    const due: string[] = [];
    for (let n = 0; n < 12; n += 1) due.push(...(await givenDue(await givenEndpoint(), 20)));
    const claimed: string[] = [];
    const work = async () => {
      for (let claims = await claimAll(); claims.length > 0; claims = await claimAll()) {
        claimed.push(...claims.map(({ id }) => id));
      }
    };
    while (claimed.length < due.length) await Promise.all([work(), work(), work(), work()]);
    expect(claimed.sort()).toEqual(due.sort());
  });

  it('take few at once of a target, the longest due first, and count those under way', async () => {
    const healthy = await givenDue(await givenEndpoint(), 20);
    const failing = await givenEndpoint({ failingFor: '1 day' });
    await givenDue(failing, 20);
    const named = await ensureDefaultEndpoint(db, { ownerId, secret: 'whsec_x' });
    await givenDue(named, 20, `${named} https://a.example/`);
    await givenDue(named, 20, `${named} https://b.example/`);
    const counts = new Map<string, string[]>();
    for (const { target, id } of await claimAll()) {
      counts.set(target, [...(counts.get(target) ?? []), id]);
    }
    expect([...counts.values()].map(({ length }) => length).sort()).toEqual([1, 2, 2, 8]);
    expect([...counts.values()].find(({ length }) => length === 8)?.sort()).toEqual(
      healthy.slice(0, 8).sort(),
    );
    const busy = Object.fromEntries([...counts].map(([target, ids]) => [target, ids.length]));
    expect(await claimDeliveries(db, { ...ALL, busy })).toEqual([]);
    const [target = ''] = counts.keys();
    const freed = { ...busy, [target]: (busy[target] ?? 0) - 1 };
    expect(await claimDeliveries(db, { ...ALL, busy: freed })).toMatchObject([{ target }]);
  });

  it('keep within what is asked for in all, and of targets that fail', async () => {
    for (let n = 0; n < 4; n += 1) await givenDue(await givenEndpoint({ failingFor: '1 h' }), 2);
    await givenDue(await givenEndpoint(), 3);
    const claims = await claimDeliveries(db, { most: 4, mostFailing: 2, busy: {} });
    expect(claims).toHaveLength(4);
    expect(claims.filter(({ isFailing }) => isFailing)).toHaveLength(2);
    expect(await claimDeliveries(db, { most: 9, mostFailing: -1, busy: {} })).toHaveLength(1);
  });

  it('hold for a minute', async () => {
    const [id = ''] = await givenDue(await givenEndpoint(), 1);
    expect(await claimOne()).toMatchObject({ id, tries: 1, turn: 1 });
    expect(await claimAll()).toEqual([]);
    expect((await read(id))?.waitS).toBe(60);
    await makeDue(id);
    expect(await claimOne()).toMatchObject({ id, tries: 2, turn: 2 });
  });

  it('give both secrets while one takes over from the other', async () => {
    const id = await givenEndpoint();
    await givenDue(id, 1);
    await rotateEndpointSecret(db, { id, ownerId }, { secret: 'whsec_new', overlapMs: 60_000 });
    expect((await claimOne()).secrets).toEqual(['whsec_new', 'whsec_old']);
    await db.query('UPDATE webhook_endpoints SET previous_until = now() WHERE id = $1', [id]);
    await givenDue(id, 1);
    expect((await claimOne()).secrets).toEqual(['whsec_new']);
  });

  it('go where the endpoint is now', async () => {
    const id = await givenEndpoint();
    await givenDue(id, 1);
    await updateEndpoint(db, { id, ownerId }, { url: 'https://moved.example/' });
    expect((await claimOne()).url).toBe('https://moved.example/');
  });
});

describe('what became of a try', () => {
  it.each([
    [{ outcome: 'succeeded' }, { status: 'succeeded', waitS: null, isOver: true }],
    [failed, { status: 'pending', waitS: 60, isOver: false }],
    [
      { outcome: 'retry', waitMs: null },
      { status: 'failed', waitS: null, isOver: true },
    ],
  ] as const)('%j', async (end, expected) => {
    const [id = ''] = await givenDue(await givenEndpoint(), 1);
    await record(await claimOne(), end);
    expect(await read(id)).toEqual(expected);
    expect(await listDeliveryAttempts(db, id)).toMatchObject([{ number: 1, statusCode: 500 }]);
  });

  it('is settled by the last who claimed it; the log tells of all', async () => {
    const [id = ''] = await givenDue(await givenEndpoint(), 1);
    const slow = await claimOne();
    await makeDue(id);
    const quick = await claimOne();
    await record(quick, { outcome: 'succeeded' });
    await record(slow, failed);
    expect(await read(id)).toMatchObject({ status: 'succeeded', isOver: true });
    expect(await listDeliveryAttempts(db, id)).toHaveLength(2);
  });

  it('is nothing where the endpoint was deleted meanwhile', async () => {
    const id = await givenEndpoint();
    await givenDue(id, 1);
    const claim = await claimOne();
    await db.query('DELETE FROM webhook_endpoints WHERE id = $1', [id]);
    await expect(record(claim, failed)).resolves.toBeUndefined();
  });
});

describe('an endpoint', () => {
  it('fails from the first failure on, until something is taken', async () => {
    const id = await givenEndpoint();
    const [delivery = ''] = await givenDue(id, 1);
    await record(await claimOne(), failed);
    const since = (await endpointOf(id)).failingSince;
    expect(since).not.toBeNull();
    await makeDue(delivery);
    await record(await claimOne(), failed);
    expect((await endpointOf(id)).failingSince).toEqual(since);
    await makeDue(delivery);
    await record(await claimOne(), { outcome: 'succeeded' });
    expect(await endpointOf(id)).toMatchObject({ failingSince: null, disabledAt: null });
  });

  it.each([
    ['has failed for five days', '5 days 1 min', failed],
    ['says that it is gone', '1 min', { outcome: 'gone' }],
  ] as const)(
    'that %s is disabled, written of once, and told nothing more',
    async (_what, failingFor, end) => {
      const id = await givenEndpoint({ failingFor });
      const due = await givenDue(id, 3);
      const claim = await claimOne();
      await record(claim, end);
      const endpoint = await endpointOf(id);
      expect(endpoint.disabledAt).not.toBeNull();
      const statuses = await Promise.all(due.map(async (each) => (await read(each))?.status));
      const own = end.outcome === 'gone' ? 'failed' : 'held';
      expect(statuses.sort()).toEqual([own, 'held', 'held'].sort());
      await record(claim, end);
      const letters = await db.query<{ body: unknown }>(
        'SELECT body FROM emails WHERE owner_id = $1',
        [ownerId],
      );
      const { url, disabledReason: reason } = endpoint;
      expect(letters).toEqual([{ body: { endpoint_id: id, url, reason } }]);
      expect(await claimAll()).toEqual([]);
    },
  );

  it('that has failed for less is not', async () => {
    const id = await givenEndpoint({ failingFor: '4 days 23 h' });
    await givenDue(id, 1);
    await record(await claimOne(), failed);
    expect((await endpointOf(id)).disabledAt).toBeNull();
  });

  it('that stands for many addresses is neither failing nor disabled', async () => {
    const id = await ensureDefaultEndpoint(db, { ownerId, secret: 'whsec_x' });
    for (const end of [failed, { outcome: 'gone' }] as const) {
      await givenDue(id, 1, `${id} https://a.example/`);
      await record(await claimOne(), end);
    }
    expect(await endpointOf(id)).toMatchObject({ failingSince: null, disabledAt: null });
  });

  it('is disabled by many at once without harm', async () => {
    const id = await givenEndpoint();
    await givenDue(id, 8);
    const claims = await claimAll();
    await Promise.all(claims.map((claim) => record(claim, { outcome: 'gone' })));
    const letters = await db.query('SELECT 1 FROM emails WHERE owner_id = $1', [ownerId]);
    expect(letters).toHaveLength(1);
  });
});

describe('sending again', () => {
  it('begins the schedule anew, and a try that is under way settles nothing', async () => {
    const [id = ''] = await givenDue(await givenEndpoint(), 1);
    const early = await claimOne();
    expect(await redeliver(db, { id, ownerId })).toBe(true);
    const late = await claimOne();
    expect(late).toMatchObject({ id, body: '{}', tries: 2, turn: 1 });
    await record(early, { outcome: 'retry', waitMs: null });
    expect((await read(id))?.status).toBe('pending');
    await record(late, { outcome: 'succeeded' });
    expect((await read(id))?.status).toBe('succeeded');
  });

  it('is not for others', async () => {
    const [id = ''] = await givenDue(await givenEndpoint(), 1);
    expect(await redeliver(db, { id, ownerId: newId() })).toBe(false);
  });

  it('of a time takes the oldest, of the states asked for', async () => {
    const endpointId = await givenEndpoint();
    const ids = await givenDue(endpointId, 5);
    const statuses = ['failed', 'held', 'succeeded', 'held', 'failed'];
    for (const [n, id] of ids.entries()) {
      await db.query(
        `UPDATE deliveries SET status = $2, next_at = NULL, created_at = now() - $3 * interval '1 h' WHERE id = $1`,
        [id, statuses[n], 5 - n],
      );
    }
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const replay = (limit: number) =>
      replayDeliveries(db, {
        ...{ endpointId, ownerId, statuses: ['failed', 'held'], limit },
        ...{ from: hoursAgo(4.5), to: hoursAgo(0) },
      });
    expect(await replay(2)).toBe(2);
    const found = await listDeliveries(db, { ownerId, status: 'pending' }, { limit: 9 });
    expect(found.map(({ id }) => id).sort()).toEqual([ids[1], ids[3]].sort());
    expect(await replay(2)).toBe(1);
    expect(await replay(2)).toBe(0);
  });
});

it('forgets what is old and over, and nothing else', async () => {
  const endpointId = await givenEndpoint();
  const [oldDone = '', oldPending = '', youngDone = ''] = await givenDue(endpointId, 3);
  await record(await claimOne(), failed);
  const age = (id: string, days: number) =>
    db.query(`UPDATE deliveries SET created_at = now() - $2 * interval '1 day' WHERE id = $1`, [
      id,
      days,
    ]);
  await age(oldDone, 31);
  await age(oldPending, 31);
  await age(youngDone, 29);
  await db.query(`UPDATE deliveries SET status = 'failed', next_at = NULL WHERE id = ANY ($1)`, [
    [oldDone, youngDone],
  ]);
  await db.query(
    `INSERT INTO events (owner_id, event, body, created_at)
       SELECT $1, 'x', '{}', now() - hours * interval '1 h' FROM unnest(ARRAY[23, 25]) AS hours`,
    [ownerId],
  );
  await db.query(
    `INSERT INTO emails (owner_id, address, event, body, status, next_at, created_at)
       SELECT $1, 'a@example.com', 'x', '{}', 'sent', NULL, now() - days * interval '1 day' FROM unnest(ARRAY[29, 31]) AS days`,
    [ownerId],
  );
  expect(await deleteOldCallbacks(db)).toBe(3);
  expect(await deleteOldCallbacks(db)).toBe(0);
  const left = await listDeliveries(db, { ownerId }, { limit: 9 });
  expect(left.map(({ id }) => id).sort()).toEqual([oldPending, youngDone].sort());
});
