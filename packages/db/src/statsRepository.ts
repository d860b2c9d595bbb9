import type { Database } from './database';
import { HEALTH_NOW } from './healthNow';
import type { InstanceHealth } from './instanceRepository';

/** More are not counted: operators need to know that it is much, not how much. */
const MAX_COUNTED = 100_000;

/** Shots of a lane that wait. */
export interface LaneDepth {
  lane: string;
  waiting: number;
  oldestWaitMs: number;
}

/** What waits, by lane, the longest queue first. One pass over an index and what it points at, at most 100,000 shots. */
export async function readQueueDepth(
  db: Database,
): Promise<{ lanes: LaneDepth[]; active: number; isCapped: boolean }> {
  const [lanes, [counted]] = await Promise.all([
    db.query<LaneDepth>(
      `SELECT lane, count(*)::int AS waiting,
           extract(epoch FROM now() - min(created_at))::float8 * 1000 AS "oldestWaitMs"
         FROM (SELECT lane, created_at FROM shots WHERE status = 'queued' LIMIT ${MAX_COUNTED}) s
         GROUP BY lane ORDER BY waiting DESC, lane`,
    ),
    db.query<{ active: number }>(
      `SELECT count(*)::int AS active FROM attempts WHERE state NOT IN ('stored', 'ended')`,
    ),
  ]);
  const total = lanes.reduce((sum, { waiting }) => sum + waiting, 0);
  return { lanes, active: counted?.active ?? 0, isCapped: total === MAX_COUNTED };
}

/** Instances by health, those that take no new work, and those that draw at this moment. */
export interface PoolUse {
  byHealth: Partial<Record<InstanceHealth, number>>;
  draining: number;
  busy: number;
}

/** What the instances of the pool do. */
export async function readPoolUse(db: Database): Promise<PoolUse> {
  const rows = await db.query<{ health: InstanceHealth; drain: boolean; busy: boolean }>(
    `SELECT ${HEALTH_NOW} AS health, i.drain, EXISTS (
         SELECT 1 FROM attempts a WHERE a.instance_id = i.id AND a.state = 'started') AS busy
       FROM instances i WHERE i.removed_at IS NULL`,
  );
  const byHealth: PoolUse['byHealth'] = {};
  for (const { health } of rows) byHealth[health] = (byHealth[health] ?? 0) + 1;
  return {
    byHealth,
    draining: rows.filter(({ drain }) => drain).length,
    busy: rows.filter(({ busy }) => busy).length,
  };
}

/** What is stored, by the books: contents, bytes that they take, files that name them. */
export interface StorageUse {
  blobs: number;
  bytes: number;
  files: number;
  measuredAt: Date;
}

/** Reads all of two tables: to be asked seldom. */
export async function measureStorage(db: Database): Promise<StorageUse> {
  const [row] = await db.query<StorageUse>(
    `SELECT count(*)::int AS blobs, coalesce(sum(coalesce(stored_size, size)), 0)::float8 AS bytes,
         (SELECT count(*)::int FROM files WHERE deleted_at IS NULL) AS files, now() AS "measuredAt"
       FROM blobs`,
  );
  if (!row) throw new Error('a count gave no row');
  return row;
}
