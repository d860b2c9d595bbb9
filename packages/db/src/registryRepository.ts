import { newId } from '@avatarforge/core';
import type { Database } from './database';
import type { Position } from './generationRepository';
import { HEALTH_NOW } from './healthNow';
import type { InstanceHealth } from './instanceRepository';

/** Whether an instance takes work: `draining` ones take no new one, `leaving` ones were removed and finish what they have. */
export type InstanceState = 'active' | 'draining' | 'leaving';

/** An instance with all that is known of it, for operators. */
export interface RegisteredInstance extends Position {
  /** With credentials, where it has any. */
  url: string;
  name: string | null;
  labels: Record<string, string>;
  source: 'config' | 'api';
  state: InstanceState;
  health: InstanceHealth;
  healthReason: string | null;
  healthSince: Date;
  version: string | null;
  /** Memory in bytes. */
  devices: { name: string; vramTotalBytes: number | null; vramFreeBytes: number | null }[];
  running: number;
  waiting: number;
  storing: number;
  /** The last used first. */
  warmLanes: string[];
  /** The most used first. */
  laneTimes: { lane: string; runMs: number | null; loadMs: number | null; runs: number }[];
  modelsCount: number | null;
  capabilitiesSeenAt: Date | null;
  /** The worker whose lease lives. */
  workerId: string | null;
  epoch: string | null;
  leaseUntil: Date | null;
  seenAt: Date | null;
}

/** Which instances. */
export interface InstanceFilter {
  id?: string;
  /** Those that have all of these. */
  labels?: Record<string, string>[];
  health?: InstanceHealth | undefined;
  state?: InstanceState | undefined;
}

/** What a person says of an instance. */
export interface InstanceWords {
  name?: string | null | undefined;
  labels?: Record<string, string> | undefined;
}

/** In the pool, or removed from it with something left to do. */
const IS_SHOWN = `(i.removed_at IS NULL OR EXISTS (
  SELECT 1 FROM attempts a WHERE a.instance_id = i.id AND a.state NOT IN ('stored', 'ended')))`;
const STATE = `CASE WHEN i.removed_at IS NOT NULL THEN 'leaving' WHEN i.drain THEN 'draining' ELSE 'active' END`;
/** The same server, whatever credentials it is reached with. */
const withoutCredentials = (url: string) => `regexp_replace(${url}, '//[^/]*@', '//')`;

/** The instances of the pool, newest first, `limit` at most, from after `after` on. */
export async function listRegisteredInstances(
  db: Database,
  filter: InstanceFilter,
  page: { limit: number; after?: Position | undefined },
): Promise<RegisteredInstance[]> {
  const { id = null, labels = [], health = null, state = null } = filter;
  return db.query(
    `SELECT i.id, i.created_at AS "createdAt", i.url, i.name, i.labels, i.source, ${STATE} AS state,
       ${HEALTH_NOW} AS health, i.health_reason AS "healthReason", i.health_since AS "healthSince",
       i.version, coalesce(i.system_stats -> 'devices', '[]') AS devices,
       open.running, open.waiting, open.storing, i.warm_lanes AS "warmLanes", times.learned AS "laneTimes",
       (SELECT sum(jsonb_array_length(names))::int FROM jsonb_each(i.models) AS folder (name, names)) AS "modelsCount",
       i.capabilities_seen_at AS "capabilitiesSeenAt",
       l.worker_id AS "workerId", l.epoch, l.expires_at AS "leaseUntil", i.seen_at AS "seenAt"
     FROM instances i
     LEFT JOIN instance_leases l ON l.instance_id = i.id AND l.worker_id IS NOT NULL AND l.expires_at > now()
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE state = 'started')::int AS running,
              count(*) FILTER (WHERE state IN ('claimed', 'dispatching', 'dispatched'))::int AS waiting,
              count(*) FILTER (WHERE state = 'executed')::int AS storing
         FROM attempts WHERE instance_id = i.id AND state NOT IN ('stored', 'ended')) open
     CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_agg(jsonb_build_object(
           'lane', lane, 'runMs', run_ms, 'loadMs', load_ms, 'runs', runs) ORDER BY runs DESC, lane), '[]') AS learned
         FROM lane_times WHERE instance_id = i.id) times
     WHERE ${IS_SHOWN} AND ($1::uuid IS NULL OR i.id = $1) AND i.labels @> ALL ($2::jsonb[])
       AND ($3::text IS NULL OR ${HEALTH_NOW} = $3) AND ($4::text IS NULL OR ${STATE} = $4)
       AND ($5::timestamptz IS NULL OR (i.created_at, i.id) < ($5, $6::uuid))
     ORDER BY i.created_at DESC, i.id DESC LIMIT $7`,
    [
      ...[id, labels.map((label) => JSON.stringify(label)), health, state],
      ...[page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
    ],
  );
}

/** The instance with this address, whatever the credentials; null when there never was one. */
async function findAddress(
  query: Database['query'],
  url: string,
): Promise<{ id: string; isRemoved: boolean } | null> {
  const [found] = await query<{ id: string; isRemoved: boolean }>(
    `SELECT id, removed_at IS NOT NULL AS "isRemoved" FROM instances
       WHERE ${withoutCredentials('url')} = ${withoutCredentials('$1::text')}
       ORDER BY removed_at IS NULL DESC, url = $1 DESC LIMIT 1`,
    [url],
  );
  return found ?? null;
}

/**
 * Adds an instance to the pool; one that was removed comes back under its id. Of two who add the same at once, one does.
 * @returns its id; null when one with this address is there
 */
export async function insertInstance(
  db: Database,
  instance: { url: string } & InstanceWords,
): Promise<string | null> {
  const { url, name = null, labels = {} } = instance;
  return db.transaction(async (query) => {
    await query(`SELECT pg_advisory_xact_lock(hashtext('avatarforge.instances'))`);
    const known = await findAddress(query, url);
    if (known && !known.isRemoved) return null;
    // The configuration may have added it in between; then there is no row.
    const [row] = await query<{ id: string }>(
      known
        ? `UPDATE instances SET url = $2, name = $3, labels = $4, source = 'api', drain = false, removed_at = NULL
             WHERE id = $1 AND removed_at IS NOT NULL RETURNING id`
        : `INSERT INTO instances (id, url, name, labels, source) VALUES ($1, $2, $3, $4, 'api')
             ON CONFLICT (url) DO NOTHING RETURNING id`,
      [known?.id ?? newId(), url, name, JSON.stringify(labels)],
    );
    if (!row) return null;
    await query(
      'INSERT INTO instance_leases (instance_id, expires_at) VALUES ($1, now()) ON CONFLICT DO NOTHING',
      [row.id],
    );
    return row.id;
  });
}

/** Changes what is given. False: there is no such instance. */
export async function updateInstance(
  db: Database,
  id: string,
  change: InstanceWords & { isDraining?: boolean },
): Promise<boolean> {
  const { name, labels, isDraining } = change;
  const rows = await db.query(
    `UPDATE instances i SET
         name = CASE WHEN $2 THEN $3 ELSE name END,
         labels = coalesce($4, labels),
         drain = coalesce($5, drain)
       WHERE id = $1 AND ${IS_SHOWN} RETURNING id`,
    [
      ...[id, name !== undefined, name ?? null],
      ...[labels ? JSON.stringify(labels) : null, isDraining ?? null],
    ],
  );
  return rows.length > 0;
}

/** Takes an instance out of the pool, unless it comes from the configuration. Null: there is none. */
export async function removeInstance(
  db: Database,
  id: string,
): Promise<'removed' | 'configured' | null> {
  const [row] = await db.query<{ outcome: 'removed' | 'configured' }>(
    `UPDATE instances i SET removed_at = CASE WHEN source = 'api' THEN coalesce(removed_at, now()) ELSE removed_at END
       WHERE id = $1 AND ${IS_SHOWN}
       RETURNING CASE WHEN removed_at IS NULL THEN 'configured' ELSE 'removed' END AS outcome`,
    [id],
  );
  return row?.outcome ?? null;
}
