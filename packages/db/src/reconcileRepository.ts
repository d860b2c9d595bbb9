import type { Database } from './database';

/** Which of the repair jobs a process may do at a time, cluster-wide. */
const LOCKS = { reconcile: 7_310_001, settle: 7_310_003, forecast: 7_310_004 } as const;

/** What `work` gives, or null when another process is doing it now. */
export async function runSingle<T>(
  db: Database,
  name: keyof typeof LOCKS,
  work: (query: Database['query']) => Promise<T>,
): Promise<T | null> {
  return db.transaction(async (query) => {
    const [row] = await query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
      LOCKS[name],
    ]);
    return row?.taken ? work(query) : null;
  });
}

/** Shots that may be claimed now, in the order of claims. Their tickets are rung again. */
export async function findWaitingShots(
  query: Database['query'],
  limit: number,
): Promise<{ shotId: string; tries: number }[]> {
  return query(
    `SELECT id AS "shotId", tries + mishaps + idle_ends AS tries FROM shots
       WHERE status = 'queued' AND (not_before IS NULL OR not_before <= now())
       ORDER BY priority DESC, created_at LIMIT $1`,
    [limit],
  );
}

/**
 * Shots that were kept off every instance that is left are tried once more: what was known of the instances may be old,
 * and where it is not, the try ends them.
 */
export async function freeShotsThatAvoidAll(query: Database['query']): Promise<void> {
  await query(
    `UPDATE shots s SET avoid_instances = '{}'
       WHERE s.status = 'queued' AND cardinality(s.avoid_instances) > 0
         AND EXISTS (SELECT 1 FROM instances WHERE removed_at IS NULL)
         AND NOT EXISTS (
           SELECT 1 FROM instances i WHERE i.removed_at IS NULL AND NOT i.id = ANY (s.avoid_instances))`,
  );
}

/** Open attempts that nobody drives any more: their instance left the pool, and no worker took it up to follow them. */
export async function findAbandonedAttempts(
  query: Database['query'],
  limit: number,
): Promise<{ id: string; epoch: string; isStarted: boolean }[]> {
  return query(
    `SELECT a.id, a.driver_epoch AS epoch, a.started_at IS NOT NULL AS "isStarted"
       FROM attempts a JOIN instances i ON i.id = a.instance_id
       JOIN instance_leases l ON l.instance_id = i.id
       WHERE a.state NOT IN ('executed', 'stored', 'ended')
         AND i.removed_at IS NOT NULL AND l.expires_at < now() - interval '30 s'
       LIMIT $1`,
    [limit],
  );
}

/** Forgets workers that were killed. */
export async function deleteDeadWorkers(query: Database['query']): Promise<void> {
  await query(`DELETE FROM workers WHERE seen_at < now() - interval '1 hour'`);
}
