import type { Database } from './database';
import type { Position } from './generationRepository';
import { disableEndpoint } from './webhookEndpointRepository';

/** A claim that nobody finished is due again after this: longer than any try may take. */
const CLAIM_MS = 60_000;
/** Who has failed for so long is given up. */
const FAILING_DAYS = 5;

/** A delivery that is to be tried now. */
export interface DeliveryClaim {
  id: string;
  /** Where its endpoint is now. */
  url: string;
  body: string;
  /** When it was claimed, by the clock of Postgres. */
  at: Date;
  /** Those with the same one wait for each other. */
  target: string;
  /** How often it was tried in all, this one included. */
  tries: number;
  /** Since it was last asked for again, this one included. */
  turn: number;
  endpointId: string;
  /** Each is to sign. */
  secrets: string[];
  /** Its endpoint fails; where nothing is known of that one: it has failed before. */
  isFailing: boolean;
}

/** What may be claimed. */
export interface DeliveryRoom {
  /** In all. */
  most: number;
  /** Of targets that fail, in all. */
  mostFailing: number;
  /** How many of each target are under way here. */
  busy: Record<string, number>;
}

/** At once for a target that is well, for one that fails, and for one that a generation named: nothing is known of those. */
const CAPS = { healthy: 8, failing: 1, named: 2 };

/**
 * Claims due deliveries, target by target, so that many that wait for one keep no other waiting. They are due again in a
 * minute, unless what became of them is recorded before.
 */
export async function claimDeliveries(
  db: Database,
  { most, mostFailing, busy }: DeliveryRoom,
): Promise<DeliveryClaim[]> {
  return db.query(
    `WITH RECURSIVE targets AS (
       (SELECT target, endpoint_id FROM deliveries WHERE next_at IS NOT NULL ORDER BY target LIMIT 1)
       UNION ALL
       SELECT n.target, n.endpoint_id FROM targets t CROSS JOIN LATERAL (
         SELECT target, endpoint_id FROM deliveries
           WHERE next_at IS NOT NULL AND target > t.target ORDER BY target LIMIT 1) n
     ), held AS (
       -- Made or sent again in the moment in which their endpoint was disabled.
       UPDATE deliveries d SET status = 'held', next_at = NULL
         FROM targets t JOIN webhook_endpoints e ON e.id = t.endpoint_id
         WHERE e.disabled_at IS NOT NULL AND d.target = t.target AND d.next_at IS NOT NULL
     ), ready AS (
       SELECT d.id, d.is_failing, d.next_at, row_number() OVER (PARTITION BY d.is_failing ORDER BY d.next_at) AS place
         FROM targets t JOIN webhook_endpoints e ON e.id = t.endpoint_id AND e.disabled_at IS NULL CROSS JOIN LATERAL (
           SELECT id, next_at, e.failing_since IS NOT NULL OR e.is_default AND tries > 0 AS is_failing FROM deliveries
             WHERE target = t.target AND next_at <= now() ORDER BY next_at
             LIMIT greatest(0, CASE WHEN e.failing_since IS NOT NULL THEN $5::int WHEN e.is_default THEN $6::int ELSE $4::int END
               - coalesce(($3::jsonb ->> t.target)::int, 0))) d
     ), due AS (
       SELECT d.id, r.is_failing FROM deliveries d JOIN ready r ON r.id = d.id
         WHERE (NOT r.is_failing OR r.place <= $2) AND d.next_at <= now()
         ORDER BY r.next_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED
     )
     UPDATE deliveries d SET tries = tries + 1, next_at = now() + $7 * interval '1 ms', url = coalesce(e.url, d.url)
       FROM due, webhook_endpoints e
       WHERE d.id = due.id AND e.id = d.endpoint_id
       RETURNING d.id, d.url, d.body, now() AS at, d.target, d.tries, d.tries - d.tried_before AS turn, d.endpoint_id AS "endpointId",
         due.is_failing AS "isFailing",
         array_remove(ARRAY[e.secret, CASE WHEN e.previous_until > now() THEN e.previous_secret END], NULL) AS secrets`,
    [most, Math.max(0, mostFailing), JSON.stringify(busy), ...Object.values(CAPS), CLAIM_MS],
  );
}

/** One POST, as the log shows it. */
export interface DeliveryAttemptRecord {
  /** From 1. */
  number: number;
  startedAt: Date;
  durationMs: number;
  /** Null where no answer came; then `error` says why. */
  statusCode: number | null;
  error: string | null;
  request: { url: string; headers: Record<string, string> };
  response: { headers: Record<string, string>; body: string; is_truncated: boolean } | null;
  /** Milliseconds of each part, and the IP address that was dialled. */
  timings: Record<string, number | string | null> | null;
}

/** What becomes of a delivery after a try. */
export type DeliveryEnd =
  | { outcome: 'succeeded' }
  /** `waitMs` null: it was the last try. */
  | { outcome: 'retry'; waitMs: number | null }
  /** The receiver wants no more. */
  | { outcome: 'gone' };

/**
 * Writes down what became of a claimed delivery, and what that says of its endpoint: one that has failed for five days, or
 * that is gone, is disabled.
 */
export async function recordAttempt(
  db: Database,
  { id, tries, endpointId }: Pick<DeliveryClaim, 'id' | 'tries' | 'endpointId'>,
  { attempt, end }: { attempt: Omit<DeliveryAttemptRecord, 'number'>; end: DeliveryEnd },
): Promise<void> {
  const waitMs = end.outcome === 'retry' ? end.waitMs : null;
  const status = end.outcome === 'succeeded' ? 'succeeded' : waitMs === null ? 'failed' : 'pending';
  const isSettled = await db.transaction(async (query) => {
    // The endpoint first, as whoever disables it does.
    if (end.outcome !== 'succeeded') {
      await query('SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE', [endpointId]);
    }
    const rows = await query(
      `UPDATE deliveries SET status = $3, next_at = now() + $4 * interval '1 ms',
           finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
         WHERE id = $1 AND tries = $2 AND status = 'pending' RETURNING id`,
      [id, tries, status, waitMs],
    );
    // Tried by somebody else meanwhile, or held: the log tells of this try all the same.
    await insertAttempt(query, { deliveryId: id, number: tries, ...attempt });
    const isOurs = rows.length > 0;
    if (isOurs && end.outcome !== 'succeeded') await noteHealth(query, endpointId, end);
    return isOurs;
  });
  // By itself: it must not wait for an endpoint while it holds a delivery.
  if (isSettled && end.outcome === 'succeeded') {
    await db.transaction((query) => noteHealth(query, endpointId, end));
  }
}

async function insertAttempt(
  query: Database['query'],
  attempt: DeliveryAttemptRecord & { deliveryId: string },
): Promise<void> {
  await query(
    `INSERT INTO delivery_attempts
         (delivery_id, number, started_at, duration_ms, status_code, error, request, response, timings)
       SELECT id, $2, $3, $4, $5, $6, $7, $8, $9 FROM deliveries WHERE id = $1`,
    [
      ...[attempt.deliveryId, attempt.number, attempt.startedAt, attempt.durationMs],
      ...[attempt.statusCode, attempt.error, JSON.stringify(attempt.request)],
      attempt.response && JSON.stringify(attempt.response),
      attempt.timings && JSON.stringify(attempt.timings),
    ],
  );
}

async function noteHealth(
  query: Database['query'],
  endpointId: string,
  { outcome }: DeliveryEnd,
): Promise<void> {
  if (outcome === 'gone') {
    await disableEndpoint(query, { id: endpointId, reason: 'It answered 410 Gone.' });
    return;
  }
  const [endpoint] = await query<{ isGivenUp: boolean }>(
    `UPDATE webhook_endpoints
       SET failing_since = CASE WHEN $2 THEN NULL ELSE coalesce(failing_since, now()) END
       WHERE id = $1 AND NOT is_default AND (failing_since IS NOT NULL OR NOT $2)
       RETURNING coalesce(failing_since < now() - $3 * interval '1 day', false) AS "isGivenUp"`,
    [endpointId, outcome === 'succeeded', FAILING_DAYS],
  );
  if (!endpoint?.isGivenUp) return;
  await disableEndpoint(query, {
    id: endpointId,
    reason: `Nothing sent to it was taken for ${FAILING_DAYS} days.`,
  });
}

/** One event for one endpoint. */
export interface DeliveryRecord extends Position {
  endpointId: string;
  isDefaultEndpoint: boolean;
  url: string;
  generationId: string | null;
  batchId: string | null;
  event: string;
  body: string;
  status: 'pending' | 'succeeded' | 'failed' | 'held';
  tries: number;
  nextAt: Date | null;
  finishedAt: Date | null;
}

/** Which of the owner's deliveries. */
export interface DeliveryFilter {
  ownerId: string;
  id?: string;
  endpointId?: string | undefined;
  generationId?: string | undefined;
  event?: string | undefined;
  status?: string | undefined;
}

/** The owner's deliveries, newest first, `limit` at most, from after `after` on. */
export async function listDeliveries(
  db: Database,
  filter: DeliveryFilter,
  page: { after?: Position | undefined; limit: number },
): Promise<DeliveryRecord[]> {
  const { ownerId, id, endpointId, generationId, event, status } = filter;
  return db.query(
    `SELECT d.id, d.created_at AS "createdAt", d.endpoint_id AS "endpointId", e.is_default AS "isDefaultEndpoint", d.url,
         d.generation_id AS "generationId", d.batch_id AS "batchId", d.event, d.body, d.status, d.tries,
         d.next_at AS "nextAt", d.finished_at AS "finishedAt"
       FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
       WHERE d.owner_id = $1 AND ($2::uuid IS NULL OR d.id = $2) AND ($3::uuid IS NULL OR d.endpoint_id = $3)
         AND ($4::uuid IS NULL OR d.generation_id = $4) AND ($5::text IS NULL OR d.event = $5)
         AND ($6::text IS NULL OR d.status = $6)
         AND ($7::timestamptz IS NULL OR (d.created_at, d.id) < ($7, $8::uuid))
       ORDER BY d.created_at DESC, d.id DESC LIMIT $9`,
    [
      ...[ownerId, id ?? null, endpointId ?? null, generationId ?? null, event ?? null],
      ...[status ?? null, page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
    ],
  );
}

/** All tries of a delivery, the first first. */
export async function listDeliveryAttempts(
  db: Database,
  deliveryId: string,
): Promise<DeliveryAttemptRecord[]> {
  return db.query(
    `SELECT number, started_at AS "startedAt", duration_ms AS "durationMs", status_code AS "statusCode", error,
         request, response, timings
       FROM delivery_attempts WHERE delivery_id = $1 ORDER BY id`,
    [deliveryId],
  );
}

/** Sends a delivery of the owner's again, under the same name and with the same words. False: there is none. */
export async function redeliver(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE deliveries SET ${AGAIN} WHERE id = $1 AND owner_id = $2 RETURNING id`,
    [id, ownerId],
  );
  return rows.length === 1;
}

/** The schedule begins anew; `tries` goes on counting, so that a try that is under way settles nothing. */
const AGAIN = `status = 'pending', next_at = now(), finished_at = NULL, tried_before = tries`;

/** Which deliveries of an endpoint are sent again. */
export interface Replay {
  endpointId: string;
  ownerId: string;
  from: Date;
  to: Date;
  statuses: string[];
  limit: number;
}

/** Sends what an endpoint was told, or was not, again; the oldest first. Gives how many. */
export async function replayDeliveries(db: Database, replay: Replay): Promise<number> {
  const { endpointId, ownerId, from, to, statuses, limit } = replay;
  const rows = await db.query(
    `UPDATE deliveries SET ${AGAIN} WHERE id IN (
       SELECT id FROM deliveries
         WHERE endpoint_id = $1 AND owner_id = $2 AND created_at >= $3 AND created_at <= $4 AND status = ANY ($5)
         ORDER BY created_at, id LIMIT $6 FOR UPDATE SKIP LOCKED) RETURNING id`,
    [endpointId, ownerId, from, to, statuses, limit],
  );
  return rows.length;
}

/** Makes a delivery that tells nothing but that the way is open. Null: the owner has no such endpoint, or it is disabled. */
export async function insertPing(
  db: Database,
  { endpointId, ownerId }: { endpointId: string; ownerId: string },
): Promise<string | null> {
  const [made] = await db.query<{ id: string }>(
    `INSERT INTO deliveries (owner_id, endpoint_id, url, target, event, body, next_at)
       SELECT owner_id, id, url, id::text, 'webhook.ping',
           event_body('webhook.ping', jsonb_build_object('endpoint_id', id), now(), '')::text, now()
         FROM webhook_endpoints WHERE id = $1 AND owner_id = $2 AND url IS NOT NULL AND disabled_at IS NULL
       RETURNING id`,
    [endpointId, ownerId],
  );
  return made?.id ?? null;
}

/** For how long what was told is remembered. */
const KEPT = { deliveries: '30 days', events: '1 day', emails: '30 days' } as const;
const DELETED_AT_ONCE = 5000;

/** Forgets what was told long ago, and is over; some thousand rows in a statement. Gives how many. */
export async function deleteOldCallbacks(db: Database): Promise<number> {
  let count = 0;
  for (const [table, kept] of Object.entries(KEPT)) {
    const isOver = table === 'events' ? '' : 'AND next_at IS NULL';
    for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE;) {
      const rows = await db.query(
        `DELETE FROM ${table} WHERE id IN (
           SELECT id FROM ${table} WHERE created_at < now() - interval '${kept}' ${isOver}
             ORDER BY created_at LIMIT ${DELETED_AT_ONCE}) RETURNING 1`,
      );
      deleted = rows.length;
      count += deleted;
    }
  }
  return count;
}
