import type { Account, Backlog, Graph, Line, RequirementBacklog } from '@avatarforge/core';
import type { Database } from './database';

/** Of a large backlog, the owners of so many requirements are read: of those that wait longest, and of the longest queues. */
const FOCUS = 4;

/** Shots of a line are counted up to here: this many are this many or more. */
export const MANY_WAITING = 32;

interface BacklogRow {
  requirement: string;
  lane: string;
  owner_id: string | null;
  waiting: number;
  priority: number;
  oldest_ms: number;
}

/** What waits, and what the owners of it have had. `warmLanes`: lanes whose shots are wanted next. */
export async function readBacklog(db: Database, warmLanes: string[]): Promise<Backlog> {
  const rows = await db.query<BacklogRow>('SELECT * FROM read_backlog($1, $2, $3)', [
    warmLanes,
    FOCUS,
    MANY_WAITING,
  ]);
  const lines = rows.flatMap((row) => toLine(row) ?? []);
  const owners = [...new Set(lines.map(({ ownerId }) => ownerId))];
  return {
    requirements: rows.filter((row) => row.owner_id === null).map(toRequirement),
    lines,
    ...(await readAccounts(db, owners)),
  };
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

/** One of the graphs with these needs; null when no such shot waits any more. */
export async function findGraphThatNeeds(db: Database, requirement: string): Promise<Graph | null> {
  const [found] = await db.query<{ graph: Graph }>(
    `SELECT g.graph FROM shots s JOIN shot_graphs g ON g.shot_id = s.id
       WHERE s.status = 'queued' AND s.requirement = $1 LIMIT 1`,
    [requirement],
  );
  return found?.graph ?? null;
}

function toRequirement({ requirement, lane, waiting, oldest_ms }: BacklogRow): RequirementBacklog {
  return { requirement, lane, waiting, oldestMs: oldest_ms };
}

function toLine({ owner_id: ownerId, priority, ...row }: BacklogRow): Line | null {
  return ownerId === null
    ? null
    : { ...toRequirement({ owner_id: ownerId, priority, ...row }), ownerId, priority };
}
