import type { Database } from './database';

/** A line is followed no further than this. */
const MAX_AHEAD = 1000;

/** Shots of one generation that wait in one line: of its owner, for the same requirement. */
export interface WaitingShots {
  generationId: string;
  ownerId: string;
  requirement: string;
  /** How many of the generation's. */
  waiting: number;
  /** Shots of the same line that come first: of higher priority, or earlier. Counted up to 1,000 of each. */
  ahead: number;
  /** All of them are kept back after something went wrong; milliseconds until the first may go. 0: not kept back. */
  backOffMs: number;
}

/** A shot that an instance has. */
export interface RunningShot {
  generationId: string;
  /** Milliseconds until it is drawn, as estimated, with what the instance draws before it. */
  restMs: number;
}

/**
 * Where the unfinished shots of these generations stand. Two statements, whatever the number of generations; the places in
 * line are counted along an index.
 */
export async function readProgress(
  db: Database,
  generationIds: string[],
): Promise<{ waiting: WaitingShots[]; running: RunningShot[] }> {
  const [waiting, running] = await Promise.all([
    db.query<WaitingShots>(
      `WITH pending AS (
         SELECT generation_id, owner_id, requirement, priority, created_at, count(*)::int AS waiting,
                greatest(extract(epoch FROM min(coalesce(not_before, now())) - now()), 0)::float8 * 1000 AS back_off
           FROM shots WHERE generation_id = ANY ($1) AND status = 'queued'
           GROUP BY generation_id, owner_id, requirement, priority, created_at
       )
       SELECT p.generation_id AS "generationId", p.owner_id AS "ownerId", p.requirement, p.waiting,
              (higher.n + earlier.n)::int AS ahead, p.back_off AS "backOffMs"
         FROM pending p
         CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
           SELECT 1 FROM shots s WHERE s.status = 'queued' AND s.requirement = p.requirement AND s.owner_id = p.owner_id
             AND s.priority > p.priority LIMIT ${MAX_AHEAD}) capped) higher
         CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
           SELECT 1 FROM shots s WHERE s.status = 'queued' AND s.requirement = p.requirement AND s.owner_id = p.owner_id
             AND s.priority = p.priority AND s.created_at < p.created_at LIMIT ${MAX_AHEAD}) capped) earlier`,
      [generationIds],
    ),
    db.query<RunningShot>(
      `SELECT s.generation_id AS "generationId", held.rest AS "restMs"
         FROM shots s JOIN attempts a ON a.id = s.current_attempt_id
         CROSS JOIN LATERAL (
           SELECT coalesce(sum(greatest(
               b.est_ms - coalesce(extract(epoch FROM now() - b.started_at) * 1000, 0), 0)), 0)::float8 AS rest
             FROM attempts b
             WHERE b.instance_id = a.instance_id AND b.state NOT IN ('executed', 'stored', 'ended')
               AND (b.claimed_at, b.id) <= (a.claimed_at, a.id) AND a.state <> 'executed') held
         WHERE s.generation_id = ANY ($1) AND s.status = 'active'`,
      [generationIds],
    ),
  ]);
  return { waiting, running };
}

/** Unfinished shots of an owner, counted up to `limit`. */
export async function countUnfinishedShots(
  db: Database,
  ownerId: string,
  limit: number,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int FROM (
       SELECT 1 FROM shots WHERE owner_id = $1 AND status IN ('queued', 'active') LIMIT $2) capped`,
    [ownerId, limit],
  );
  return row?.count ?? 0;
}
