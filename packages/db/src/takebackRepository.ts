import type { Database } from './database';

/** A prompt that waits on an instance behind others. */
export interface WaitingPrompt {
  attemptId: string;
  requirement: string;
  lane: string;
  /** GPU time of what is before it, as estimated. */
  waitMs: number;
}

const MOST = 50;

/**
 * Prompts that have not begun on other instances and that `instanceId` may have instead, those that wait longest first. Each
 * shot is taken back once at most.
 */
export async function findPromptsToTakeBack(
  db: Database,
  instanceId: string,
): Promise<WaitingPrompt[]> {
  return db.query(
    `SELECT a.id AS "attemptId", s.requirement, s.lane, before.ms AS "waitMs"
       FROM attempts a JOIN shots s ON s.id = a.shot_id JOIN instance_leases l ON l.instance_id = a.instance_id
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(greatest(b.est_ms - coalesce(extract(epoch FROM now() - b.started_at) * 1000, 0), 0)), 0)::float8 AS ms
           FROM attempts b
           WHERE b.instance_id = a.instance_id AND b.state NOT IN ('executed', 'stored', 'ended')
             AND (b.started_at IS NOT NULL OR b.claimed_at < a.claimed_at)) before
       WHERE a.state IN ('claimed', 'dispatching', 'dispatched') AND a.instance_id <> $1
         AND a.takeback_for IS NULL AND NOT s.was_taken_back AND NOT $1 = ANY (s.avoid_instances)
         AND l.expires_at > now()
       ORDER BY before.ms DESC LIMIT ${MOST}`,
    [instanceId],
  );
}

/** Asks the driver of a prompt to give it back for `instanceId`, unless it has begun. False: too late, or somebody else asked. */
export async function requestTakeback(
  db: Database,
  { attemptId, instanceId }: { attemptId: string; instanceId: string },
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE attempts SET takeback_for = $2
       WHERE id = $1 AND takeback_for IS NULL AND state IN ('claimed', 'dispatching', 'dispatched') RETURNING id`,
    [attemptId, instanceId],
  );
  return rows.length === 1;
}
