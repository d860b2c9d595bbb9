import { newId } from '@avatarforge/core';
import type { Database } from './database';
import { HEALTH_NOW } from './healthNow';

export type InstanceHealth = 'ok' | 'half_open' | 'quarantined' | 'unreachable' | 'unknown';

/** A ComfyUI server, as a worker last saw it. */
export interface InstanceRecord {
  id: string;
  url: string;
  health: InstanceHealth;
  healthReason: string | null;
  systemStats: Record<string, unknown> | null;
  seenAt: Date | null;
}

/**
 * Puts the configured instances into the pool: new ones get a lease row, those that came from the configuration and are
 * missing there are marked removed. Those that an administrator added stay; one that is configured too belongs to the
 * configuration from now on.
 */
export async function syncInstances(db: Database, urls: string[]): Promise<void> {
  await db.query(
    `WITH listed AS (
       INSERT INTO instances (id, url) SELECT * FROM unnest($1::uuid[], $2::text[])
         ON CONFLICT (url) DO UPDATE SET removed_at = NULL, source = 'config'
         RETURNING id
     ), leased AS (
       INSERT INTO instance_leases (instance_id, expires_at) SELECT id, now() FROM listed
         ON CONFLICT DO NOTHING
     )
     UPDATE instances SET removed_at = now()
       WHERE removed_at IS NULL AND source = 'config' AND url <> ALL ($2)`,
    [urls.map(() => newId()), urls],
  );
}

/** What is remembered of the troubles of an instance, whoever drives it next. */
export interface InstanceTroubles {
  /** Since it last drew a picture. */
  troubles: number;
  /** It gets no prompt for so long, milliseconds; 0: it may be tried. */
  retryInMs: number;
}

/** What the driver of an instance before remembered of it. */
export async function findInstanceTroubles(
  db: Database,
  instanceId: string,
): Promise<InstanceTroubles> {
  const [row] = await db.query<InstanceTroubles>(
    `SELECT troubles,
       coalesce(greatest(extract(epoch FROM retry_at - now()) * 1000, 0), 0)::float8 AS "retryInMs"
       FROM instances WHERE id = $1`,
    [instanceId],
  );
  return row ?? { troubles: 0, retryInMs: 0 };
}

/** What the driver of an instance saw of it just now. `systemStats` null, no `version` or no `memory`: keep the last known. */
export async function saveInstanceHealth(
  db: Database,
  instance: {
    id: string;
    epoch: string;
    health: InstanceHealth;
    healthReason: string | null;
    systemStats: unknown;
    version?: string | null;
    memory?: InstanceTroubles;
  },
): Promise<void> {
  const { id, epoch, health, healthReason, systemStats, version = null, memory } = instance;
  await db.query(
    `UPDATE instances i
       SET health = $3, health_reason = $4, system_stats = coalesce($5, system_stats),
           health_since = CASE WHEN health = $3 THEN health_since ELSE now() END,
           seen_at = CASE WHEN $3 = 'unreachable' THEN seen_at ELSE now() END,
           version = coalesce($6, version),
           troubles = coalesce($7::int, troubles),
           retry_at = CASE WHEN $8::float8 IS NULL THEN retry_at WHEN $8 > 0 THEN now() + $8 * interval '1 ms' END
       FROM instance_leases l
       WHERE i.id = $1 AND l.instance_id = i.id AND l.epoch = $2`,
    [
      ...[id, epoch, health, healthReason],
      ...[systemStats === null ? null : JSON.stringify(systemStats), version],
      ...[memory?.troubles ?? null, memory?.retryInMs ?? null],
    ],
  );
}

/** The instances of the pool, oldest first. */
export async function listInstances(db: Database): Promise<InstanceRecord[]> {
  return db.query(
    `SELECT id, url, ${HEALTH_NOW} AS health, health_reason AS "healthReason",
       system_stats AS "systemStats", seen_at AS "seenAt"
       FROM instances i WHERE removed_at IS NULL ORDER BY created_at, url`,
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
