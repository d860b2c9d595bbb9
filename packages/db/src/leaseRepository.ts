import type { Database } from './database';

/** A worker's right to drive an instance, as of its last renewal. */
export interface Lease {
  instanceId: string;
  /** The fence: it grows with every acquisition. */
  epoch: string;
}

/** How long a lease lives without renewal. Postgres' clock decides. */
export const LEASE_TTL_MS = 5000;

/** How the leases of the pool are spread. Instances that were removed and still run something are not of it. */
export interface LeaseSpread {
  instances: number;
  /** Leases that this worker holds, and each other living worker. */
  mine: number;
  others: number[];
}

/** A worker not heard of for this long does not count when instances are shared out. */
const WORKER_SILENCE_MS = 5000;

/** How many instances there are to hold, and how many each worker holds. */
export async function readLeaseSpread(db: Database, workerId: string): Promise<LeaseSpread> {
  const [row] = await db.query<LeaseSpread>(
    `WITH pool AS (
       SELECT l.worker_id FROM instances i JOIN instance_leases l ON l.instance_id = i.id AND l.expires_at > now()
         WHERE i.removed_at IS NULL
     )
     SELECT (SELECT count(*)::int FROM instances WHERE removed_at IS NULL) AS instances,
       (SELECT count(*)::int FROM pool WHERE worker_id = $1) AS mine,
       array(
         SELECT count(pool.worker_id)::int FROM workers w LEFT JOIN pool ON pool.worker_id = w.id
           WHERE w.id <> $1 AND 'generate' = ANY (w.roles) AND w.seen_at > now() - $2 * interval '1 ms'
           GROUP BY w.id) AS others`,
    [workerId, WORKER_SILENCE_MS],
  );
  return row ?? { instances: 0, mine: 0, others: [] };
}

/** Removed, with prompts still on it: those are followed to their end. */
const IS_LEAVING = `(i.removed_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM attempts a WHERE a.instance_id = i.id AND a.state NOT IN ('executed', 'stored', 'ended')))`;

/**
 * Takes up to `limit` free leases of the pool, and all free ones of instances that are leaving; but none of `held`, which are the caller's to renew: never held, given back, or expired.
 * After a restart of Postgres all leases look expired, so none is taken until their holders had one lifetime to come back.
 */
export async function acquireLeases(
  db: Database,
  workerId: string,
  { held = [], limit = null }: { held?: string[]; limit?: number | null } = {},
): Promise<(Lease & { url: string })[]> {
  return db.query(
    `WITH takeable AS (
       SELECT l.instance_id, i.url, l.expires_at, i.removed_at FROM instance_leases l JOIN instances i ON i.id = l.instance_id
         WHERE (i.removed_at IS NULL OR ${IS_LEAVING}) AND l.expires_at < now() AND l.instance_id <> ALL ($3::uuid[])
           AND (l.worker_id IS NULL OR pg_postmaster_start_time() < now() - $2 * interval '1 ms')
         ORDER BY l.expires_at FOR UPDATE OF l SKIP LOCKED
     ), free AS (
       (SELECT * FROM takeable WHERE removed_at IS NULL ORDER BY expires_at LIMIT $4)
       UNION ALL
       SELECT * FROM takeable WHERE removed_at IS NOT NULL
     )
     UPDATE instance_leases l
       SET worker_id = $1, epoch = epoch + 1, expires_at = now() + $2 * interval '1 ms'
       FROM free WHERE l.instance_id = free.instance_id
       RETURNING l.instance_id AS "instanceId", l.epoch, free.url`,
    [workerId, LEASE_TTL_MS, held, limit],
  );
}

/** Renews the given leases; those not returned are lost. `isLeaving`: the instance was removed, and is followed to its last prompt. One that expired unnoticed is renewed as long as nobody took it. */
export async function renewLeases(
  db: Database,
  workerId: string,
  leases: Lease[],
): Promise<(Lease & { isLeaving: boolean })[]> {
  return db.query(
    `UPDATE instance_leases l SET expires_at = now() + $4 * interval '1 ms'
       FROM unnest($2::uuid[], $3::bigint[]) AS held(instance_id, epoch), instances i
       WHERE l.instance_id = held.instance_id AND l.epoch = held.epoch AND l.worker_id = $1
         AND i.id = l.instance_id AND (i.removed_at IS NULL OR ${IS_LEAVING})
       RETURNING l.instance_id AS "instanceId", l.epoch, i.removed_at IS NOT NULL AS "isLeaving"`,
    [workerId, leases.map((l) => l.instanceId), leases.map((l) => l.epoch), LEASE_TTL_MS],
  );
}

/** Gives a lease back, for another worker to take at once; until then nobody knows how the instance is. */
export async function releaseLease(db: Database, workerId: string, lease: Lease): Promise<void> {
  await db.query(
    `WITH released AS (
       UPDATE instance_leases SET expires_at = now(), worker_id = NULL
         WHERE instance_id = $1 AND worker_id = $2 AND epoch = $3 RETURNING instance_id
     )
     UPDATE instances i SET health = 'unknown', health_since = now() FROM released WHERE i.id = released.instance_id`,
    [lease.instanceId, workerId, lease.epoch],
  );
}

/** A worker says that it lives. */
export async function saveWorker(
  db: Database,
  worker: { id: string; roles: readonly string[] },
): Promise<void> {
  await db.query(
    `INSERT INTO workers (id, roles) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET seen_at = now(), roles = excluded.roles`,
    [worker.id, worker.roles],
  );
}

/** A worker that stops says so, and is no longer counted. */
export async function deleteWorker(db: Database, workerId: string): Promise<void> {
  await db.query('DELETE FROM workers WHERE id = $1', [workerId]);
}
