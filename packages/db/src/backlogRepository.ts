import type { Account, Backlog, Graph, Line, RequirementBacklog } from '@avatarforge/core';
import type { Database } from './database';

/** Shots of a line are counted up to here: this many are this many or more. */
export const MANY_WAITING = 32;

/** Of a requirement more are counted than of one owner's line. */
const MANY_OF_ALL = 8 * MANY_WAITING;
/** A backlog of more is not looked through; of each owner the oldest shot is seen all the same. */
const MOST_REQUIREMENTS = 2000;
const MOST_OWNERS = 2000;

/** All that waits, by what it needs. */
export async function readNeeds(db: Database): Promise<RequirementBacklog[]> {
  return db.query(
    `SELECT requirement, lane, waiting, oldest_ms AS "oldestMs" FROM read_needs($1, $2)`,
    [MOST_REQUIREMENTS, MANY_OF_ALL],
  );
}

/** The lines of these requirements and the line of each owner's oldest shot, with what their owners have had. */
export async function readLines(
  db: Database,
  requirements: string[],
): Promise<Omit<Backlog, 'requirements'>> {
  const lines = await db.query<Line>(
    `SELECT requirement, lane, owner_id AS "ownerId", waiting, priority, oldest_ms AS "oldestMs", is_choosy AS "isChoosy"
       FROM read_lines($1, $2, $3)`,
    [requirements, MOST_OWNERS, MANY_WAITING],
  );
  const owners = [...new Set(lines.map(({ ownerId }) => ownerId))];
  return { lines, ...(await readAccounts(db, owners)) };
}

/** GPU time counts from the claim on: as estimated, until the attempt is settled. */
async function readAccounts(
  db: Database,
  owners: string[],
): Promise<Pick<Backlog, 'accounts' | 'virtualTimeMs'>> {
  if (owners.length === 0) return { accounts: [], virtualTimeMs: 0 };
  const rows = await db.query<Account & { virtualTimeMs: number }>(
    `WITH open AS (
       SELECT s.owner_id, sum(coalesce(a.gpu_ms, a.est_ms)) AS ms
         FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE NOT a.is_settled GROUP BY s.owner_id
     )
     SELECT o.id AS "ownerId", coalesce(a.weight, 1) AS weight, pool.virtual_time_ms AS "virtualTimeMs",
         CASE WHEN coalesce(a.was_waiting, false) THEN a.served_ms
              ELSE greatest(coalesce(a.served_ms, 0), pool.virtual_time_ms * coalesce(a.weight, 1)) END
           + coalesce(open.ms, 0)::float8 AS "servedMs"
       FROM unnest($1::uuid[]) AS o(id) CROSS JOIN pool
       LEFT JOIN accounts a ON a.owner_id = o.id
       LEFT JOIN open ON open.owner_id = o.id`,
    [owners],
  );
  return {
    accounts: rows.map(({ ownerId, weight, servedMs }) => ({ ownerId, weight, servedMs })),
    virtualTimeMs: rows[0]?.virtualTimeMs ?? 0,
  };
}

/** Of each requirement one of the waiting graphs that have it, by requirement. */
export async function findGraphsThatNeed(
  db: Database,
  requirements: string[],
): Promise<Map<string, Graph>> {
  const rows = await db.query<{ requirement: string; graph: Graph }>(
    `SELECT wanted.requirement, g.graph FROM unnest($1::text[]) AS wanted(requirement)
       CROSS JOIN LATERAL (
         SELECT id FROM shots WHERE status = 'queued' AND requirement = wanted.requirement LIMIT 1) s
       JOIN shot_graphs g ON g.shot_id = s.id`,
    [requirements],
  );
  return new Map(rows.map(({ requirement, graph }) => [requirement, graph]));
}
