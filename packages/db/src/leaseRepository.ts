import type { Database } from './database';

/** A worker's right to drive an instance, as of its last renewal. */
export interface Lease {
  instanceId: string;
  /** The fence: it grows with every acquisition. */
  epoch: string;
}

/** How long a lease lives without renewal. Postgres' clock decides. */
export const LEASE_TTL_MS = 5000;

/**
 * Takes every free lease but those of `held`, which are the caller's to renew: never held, given back, or expired. After a restart of Postgres all leases look expired, so
 * none is taken until their holders had one lifetime to come back.
 */
export async function acquireLeases(
  db: Database,
  workerId: string,
  held: string[] = [],
): Promise<(Lease & { url: string; depth: number })[]> {
  return db.query(
    `UPDATE instance_leases l
       SET worker_id = $1, epoch = epoch + 1, expires_at = now() + $2 * interval '1 ms'
       FROM instances i
       WHERE i.id = l.instance_id AND i.removed_at IS NULL AND l.expires_at < now()
         AND l.instance_id <> ALL ($3::uuid[])
         AND (l.worker_id IS NULL OR pg_postmaster_start_time() < now() - $2 * interval '1 ms')
       RETURNING l.instance_id AS "instanceId", l.epoch, i.url, i.depth`,
    [workerId, LEASE_TTL_MS, held],
  );
}

/** Renews the given leases; those not returned are lost. One that expired unnoticed is renewed as long as nobody took it. */
export async function renewLeases(
  db: Database,
  workerId: string,
  leases: Lease[],
): Promise<Lease[]> {
  return db.query(
    `UPDATE instance_leases l SET expires_at = now() + $4 * interval '1 ms'
       FROM unnest($2::uuid[], $3::bigint[]) AS held(instance_id, epoch), instances i
       WHERE l.instance_id = held.instance_id AND l.epoch = held.epoch AND l.worker_id = $1
         AND i.id = l.instance_id AND i.removed_at IS NULL
       RETURNING l.instance_id AS "instanceId", l.epoch`,
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
     UPDATE instances i SET health = 'unknown' FROM released WHERE i.id = released.instance_id`,
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
