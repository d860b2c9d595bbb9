import { newId } from '@avatarforge/core';
import type { Database } from './database';

export type InstanceHealth = 'ok' | 'unreachable' | 'unknown';

/** Three probes of a driver. */
const SILENCE_MS = 15_000;

/** A ComfyUI server, as a worker last saw it. */
export interface InstanceRecord {
  id: string;
  url: string;
  health: InstanceHealth;
  healthReason: string | null;
  systemStats: Record<string, unknown> | null;
  seenAt: Date | null;
}

/** Makes the configured instances the pool: new ones get a lease row, missing ones are marked removed. */
export async function syncInstances(db: Database, urls: string[]): Promise<void> {
  await db.query(
    `WITH listed AS (
       INSERT INTO instances (id, url) SELECT * FROM unnest($1::uuid[], $2::text[])
         ON CONFLICT (url) DO UPDATE SET removed_at = NULL
         RETURNING id
     ), leased AS (
       INSERT INTO instance_leases (instance_id, expires_at) SELECT id, now() FROM listed
         ON CONFLICT DO NOTHING
     )
     UPDATE instances SET removed_at = now() WHERE removed_at IS NULL AND url <> ALL ($2)`,
    [urls.map(() => newId()), urls],
  );
}

/** What the driver of an instance saw of it just now. `systemStats` null: keep the last known. */
export async function saveInstanceHealth(
  db: Database,
  instance: {
    id: string;
    epoch: string;
    health: InstanceHealth;
    healthReason: string | null;
    systemStats: unknown;
  },
): Promise<void> {
  await db.query(
    `UPDATE instances i
       SET health = $3, health_reason = $4, system_stats = coalesce($5, system_stats),
           seen_at = CASE WHEN $3 = 'ok' THEN now() ELSE seen_at END
       FROM instance_leases l
       WHERE i.id = $1 AND l.instance_id = i.id AND l.epoch = $2`,
    [
      instance.id,
      instance.epoch,
      instance.health,
      instance.healthReason,
      instance.systemStats === null ? null : JSON.stringify(instance.systemStats),
    ],
  );
}

/** The instances of the pool, oldest first. One not heard of for a while is no longer known to be well. */
export async function listInstances(db: Database): Promise<InstanceRecord[]> {
  return db.query(
    `SELECT id, url,
       CASE WHEN health = 'ok' AND seen_at < now() - $1 * interval '1 ms' THEN 'unknown' ELSE health END AS health,
       health_reason AS "healthReason", system_stats AS "systemStats", seen_at AS "seenAt"
       FROM instances WHERE removed_at IS NULL ORDER BY created_at, url`,
    [SILENCE_MS],
  );
}

/** Workers heard of within `withinMs` milliseconds. */
export async function countWorkers(db: Database, withinMs: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int FROM workers WHERE seen_at > now() - $1 * interval '1 ms'`,
    [withinMs],
  );
  return row?.count ?? 0;
}
