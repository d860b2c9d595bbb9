import type { EndReason } from '@avatarforge/core';
import type { Database } from './database';

/** An attempt that is over and not yet charged to its owner. */
export interface UnsettledAttempt {
  id: string;
  ownerId: string;
  instanceId: string;
  lane: string;
  /** Null when its result was stored. */
  endReason: EndReason | null;
  /** Its models had to be loaded, as far as was known. */
  isCold: boolean;
  /** Null when it never began. */
  gpuMs: number | null;
  /** How much later than foreseen it began, milliseconds; null where nothing was foreseen. */
  lateMs: number | null;
}

/** What an owner with work has had. */
export interface ActiveAccount {
  ownerId: string;
  weight: number;
  servedMs: number;
  /** Had work when it was last looked. */
  wasWaiting: boolean;
  /** Has work waiting or running now. */
  isWaiting: boolean;
  /** Estimates of what is claimed and not settled. */
  openMs: number;
}

/** Marks up to `limit` attempts that are over as settled, and returns them: what is charged for them is the caller's to write in the same transaction. */
export async function settleAttempts(
  query: Database['query'],
  limit: number,
): Promise<UnsettledAttempt[]> {
  return query(
    `WITH over AS (
       SELECT id FROM attempts WHERE NOT is_settled AND state IN ('stored', 'ended')
         ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
     )
     UPDATE attempts a SET is_settled = true FROM over, shots s WHERE a.id = over.id AND s.id = a.shot_id
       RETURNING a.id, s.owner_id AS "ownerId", a.instance_id AS "instanceId", s.lane,
         a.end_reason AS "endReason", a.is_cold AS "isCold", a.gpu_ms AS "gpuMs",
         extract(epoch FROM a.started_at - s.foreseen_at)::float8 * 1000 AS "lateMs"`,
    [limit],
  );
}

/** The accounts of all who have work waiting or running, and of those who had when it was last looked. */
export async function readActiveAccounts(query: Database['query']): Promise<ActiveAccount[]> {
  return query(
    `WITH RECURSIVE steps AS (
       (SELECT owner_id FROM shots WHERE status IN ('queued', 'active') ORDER BY owner_id LIMIT 1)
       UNION ALL
       SELECT (SELECT s.owner_id FROM shots s
                 WHERE s.status IN ('queued', 'active') AND s.owner_id > steps.owner_id ORDER BY s.owner_id LIMIT 1)
         FROM steps WHERE steps.owner_id IS NOT NULL
     ), open AS (
       SELECT s.owner_id, sum(coalesce(a.gpu_ms, a.est_ms)) AS ms
         FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE NOT a.is_settled GROUP BY s.owner_id
     )
     SELECT coalesce(steps.owner_id, a.owner_id) AS "ownerId", coalesce(a.weight, 1) AS weight,
         coalesce(a.served_ms, 0) AS "servedMs", coalesce(a.was_waiting, false) AS "wasWaiting",
         steps.owner_id IS NOT NULL AS "isWaiting", coalesce(open.ms, 0)::float8 AS "openMs"
       FROM (SELECT owner_id FROM steps WHERE owner_id IS NOT NULL) steps
       FULL JOIN (SELECT * FROM accounts WHERE was_waiting) waited ON waited.owner_id = steps.owner_id
       LEFT JOIN accounts a ON a.owner_id = coalesce(steps.owner_id, waited.owner_id)
       LEFT JOIN open ON open.owner_id = steps.owner_id`,
  );
}

/** The system virtual time. */
export async function readVirtualTime(query: Database['query']): Promise<number> {
  const [row] = await query<{ ms: number }>('SELECT virtual_time_ms AS ms FROM pool');
  return row?.ms ?? 0;
}

/** Adds to what owners have had, notes whether they have work now, and sets the virtual time, which never goes back. */
export async function saveAccounts(
  query: Database['query'],
  changes: { ownerId: string; addMs: number; isWaiting: boolean }[],
  virtualTimeMs: number,
): Promise<void> {
  await query(
    `INSERT INTO accounts AS a (owner_id, served_ms, was_waiting)
       SELECT "ownerId", "addMs", "isWaiting" FROM jsonb_to_recordset($1)
         AS c("ownerId" uuid, "addMs" float8, "isWaiting" boolean) ORDER BY 1
       ON CONFLICT (owner_id) DO UPDATE
         SET served_ms = a.served_ms + excluded.served_ms, was_waiting = excluded.was_waiting`,
    [JSON.stringify(changes)],
  );
  await query('UPDATE pool SET virtual_time_ms = greatest(virtual_time_ms, $1)', [virtualTimeMs]);
}
