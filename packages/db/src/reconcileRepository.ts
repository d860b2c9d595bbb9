import type { Database } from './database';

/** Which of the repair jobs a process may do at a time, cluster-wide. */
const LOCKS = { reconcile: 7_310_001 } as const;

/** Runs `work` if no other process is doing it now. Returns whether it ran. */
export async function runSingle(
  db: Database,
  name: keyof typeof LOCKS,
  work: (query: Database['query']) => Promise<void>,
): Promise<boolean> {
  return db.transaction(async (query) => {
    const [row] = await query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
      LOCKS[name],
    ]);
    if (row?.taken) await work(query);
    return row?.taken ?? false;
  });
}

/** Shots that may be claimed now, the longest-waiting first. Their tickets are rung again. */
export async function findWaitingShots(
  query: Database['query'],
  limit: number,
): Promise<{ shotId: string; tries: number }[]> {
  return query(
    `SELECT id AS "shotId", counted_tries + uncounted_tries AS tries FROM shots
       WHERE status = 'queued' AND (not_before IS NULL OR not_before <= now())
       ORDER BY created_at LIMIT $1`,
    [limit],
  );
}

/** Open attempts that nobody can drive any more: their instance left the pool. */
export async function findAbandonedAttempts(
  query: Database['query'],
  limit: number,
): Promise<{ id: string; epoch: string; isStarted: boolean }[]> {
  return query(
    `SELECT a.id, a.driver_epoch AS epoch, a.started_at IS NOT NULL AS "isStarted"
       FROM attempts a JOIN instances i ON i.id = a.instance_id
       JOIN instance_leases l ON l.instance_id = i.id
       WHERE a.state NOT IN ('executed', 'stored', 'ended')
         AND i.removed_at < now() - interval '5 s' AND l.expires_at < now()
       LIMIT $1`,
    [limit],
  );
}
