import type { LineForecast, LaneTimes } from '@avatarforge/core';
import type { Database } from './database';

/** An instance as claims are decided by. */
export interface PoolInstance {
  id: string;
  /** Of the node classes and models that it has; null while they are not known. */
  catalogHash: string | null;
  warmLanes: string[];
  warmSize: number;
  /** It takes no new work. */
  isClosed: boolean;
  /** A worker drives it, and ComfyUI answered. */
  isReady: boolean;
  /** GPU time left of what was claimed for it, as estimated. */
  busyMs: number;
}

/** The instances of the pool, with what they are busy with. */
export async function readPoolInstances(db: Pick<Database, 'query'>): Promise<PoolInstance[]> {
  return db.query(
    `SELECT i.id, i.catalog_hash AS "catalogHash", i.warm_lanes AS "warmLanes", i.warm_size AS "warmSize",
         i.drain AS "isClosed", i.health IN ('ok', 'half_open') AND l.expires_at > now() AS "isReady",
         coalesce(open.ms, 0)::float8 AS "busyMs"
       FROM instances i
       JOIN instance_leases l ON l.instance_id = i.id
       LEFT JOIN LATERAL (
         SELECT sum(greatest(a.est_ms - coalesce(extract(epoch FROM now() - a.started_at) * 1000, 0), 0)) AS ms
           FROM attempts a
           WHERE a.instance_id = i.id AND a.state NOT IN ('executed', 'stored', 'ended')) open ON true
       WHERE i.removed_at IS NULL`,
  );
}

/** What is learned of a lane on an instance; null where nothing was yet. */
export interface LaneTimesRecord {
  instanceId: string;
  lane: string;
  runMs: LaneTimes['runMs'] | null;
  loadMs: LaneTimes['loadMs'] | null;
  runs: number;
}

/** All learned times. */
export async function listLaneTimes(db: Pick<Database, 'query'>): Promise<LaneTimesRecord[]> {
  return db.query(
    `SELECT t.instance_id AS "instanceId", t.lane, t.run_ms AS "runMs", t.load_ms AS "loadMs", t.runs
       FROM lane_times t JOIN instances i ON i.id = t.instance_id WHERE i.removed_at IS NULL`,
  );
}

/** Keeps what was learned. */
export async function saveLaneTimes(
  query: Database['query'],
  records: LaneTimesRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await query(
    `INSERT INTO lane_times (instance_id, lane, run_ms, load_ms, runs)
       SELECT "instanceId", lane, "runMs", "loadMs", runs FROM jsonb_to_recordset($1)
         AS t("instanceId" uuid, lane text, "runMs" float8, "loadMs" float8, runs int)
       ON CONFLICT (instance_id, lane) DO UPDATE
         SET run_ms = excluded.run_ms, load_ms = excluded.load_ms, runs = excluded.runs`,
    [JSON.stringify(records)],
  );
}

/** Keeps how many lanes each instance was found to hold in memory. */
export async function saveWarmSizes(
  query: Database['query'],
  sizes: ReadonlyMap<string, number>,
): Promise<void> {
  if (sizes.size === 0) return;
  await query(
    `UPDATE instances i SET warm_size = n.size, warm_lanes = warm_lanes[1:n.size]
       FROM unnest($1::uuid[], $2::int[]) AS n(id, size) WHERE i.id = n.id`,
    [[...sizes.keys()], [...sizes.values()]],
  );
}

/** What the pool is expected to do. */
export interface PoolForecast {
  /** Of the lines that may be chosen next; of a small backlog, all. */
  lines: LineForecast[];
  /** By which its waits are too short; see {@link learnBias}. */
  bias: number;
  /** Every requirement that waits, and how many instances could meet it. */
  needs: RequirementOutlook[];
}

/** Who could run what needs this. Each count is of those before it. */
export interface RequirementOutlook {
  requirement: string;
  /** Instances that have what it needs, as far as is known. */
  able: number;
  /** Not drained. */
  open: number;
  /** Driven by a worker, and well. */
  ready: number;
}

/** How much longer than foreseen shots have waited of late. */
export async function readForecastBias(db: Pick<Database, 'query'>): Promise<number> {
  const [row] = await db.query<{ bias: number }>('SELECT forecast_bias AS bias FROM pool');
  return row?.bias ?? 1;
}

/** Keeps what was learned of it. */
export async function saveForecastBias(query: Database['query'], bias: number): Promise<void> {
  await query('UPDATE pool SET forecast_bias = $1', [bias]);
}

/** Notes when the last shot of each line is thought to begin, if it came just now, to learn later how true that was. */
export async function noteForeseen(
  db: Database,
  lines: { requirement: string; ownerId: string; startMs: number }[],
): Promise<void> {
  await db.query(
    `UPDATE shots s SET foreseen_at = now() + line."startMs" * interval '1 ms'
       FROM jsonb_to_recordset($1) AS line(requirement text, "ownerId" uuid, "startMs" float8)
       CROSS JOIN LATERAL (
         SELECT id FROM shots
           WHERE status = 'queued' AND requirement = line.requirement AND owner_id = line."ownerId"
           ORDER BY priority, created_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED) last
       WHERE s.id = last.id AND s.foreseen_at IS NULL AND s.created_at > now() - interval '5 s'`,
    [JSON.stringify(lines)],
  );
}

/** Writes what the pool is expected to do, for the API to read. */
export async function saveForecast(db: Database, forecast: PoolForecast): Promise<void> {
  await db.query('UPDATE pool SET forecast = $1, forecast_at = now()', [JSON.stringify(forecast)]);
}

/** What the pool is expected to do, and how many milliseconds ago that was written; null while nothing was. */
export async function readForecast(
  db: Pick<Database, 'query'>,
): Promise<{ forecast: PoolForecast; ageMs: number } | null> {
  const [row] = await db.query<{ forecast: PoolForecast; ageMs: number }>(
    `SELECT forecast, extract(epoch FROM now() - forecast_at)::float8 * 1000 AS "ageMs"
       FROM pool WHERE forecast IS NOT NULL`,
  );
  return row ?? null;
}
