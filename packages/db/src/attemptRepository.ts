import {
  ATTEMPT_TRANSITIONS,
  END_REASONS,
  isId,
  MAX_ENDS,
  statesBefore,
  WHEN_RETIRED,
  type AttemptState,
  type EndPolicy,
  type EndReason,
  type ShotState,
} from '@avatarforge/core';
import type { Database } from './database';
import type { Lease } from './leaseRepository';

const NO_LIMIT = 1_000_000;

/** An attempt that is not over, as its new driver finds it. */
export interface OpenAttempt {
  attemptId: string;
  shotId: string;
  generationId: string;
  lane: string;
  state: AttemptState;
  /** ComfyUI said that it began. */
  isStarted: boolean;
  /** Nobody waits for it any more: it is to be stopped. */
  isCancelled: boolean;
}

/** What a run left on its instance, for finalize to fetch, or a text that it showed. */
export type Manifest = (
  | { kind: string; filename: string; subfolder: string; type: 'output' | 'temp' }
  | { kind: 'text'; text: string }
)[];

/**
 * Makes the open attempts of an instance the lease holder's own and returns those it does not follow yet (`followed`).
 * Called after taking a lease and again on every renewal: a claim that committed while the lease changed hands, or
 * whose answer was lost, is found then.
 */
export async function adoptAttempts(
  db: Database,
  lease: Lease,
  followed: string[],
): Promise<OpenAttempt[]> {
  return db.query(
    `UPDATE attempts a SET driver_epoch = $2
       FROM shots s JOIN generations g ON g.id = s.generation_id
       WHERE a.instance_id = $1 AND a.driver_epoch <= $2 AND a.id <> ALL ($3::uuid[])
         AND a.state NOT IN ('executed', 'stored', 'ended')
         AND s.id = a.shot_id
         AND EXISTS (SELECT 1 FROM instance_leases l WHERE l.instance_id = $1 AND l.epoch = $2)
       RETURNING a.id AS "attemptId", a.shot_id AS "shotId", s.generation_id AS "generationId", s.lane,
         a.state, a.started_at IS NOT NULL AS "isStarted",
         g.cancel_requested_at IS NOT NULL OR g.finished_at IS NOT NULL AS "isCancelled"`,
    [lease.instanceId, lease.epoch, followed],
  );
}

/** The step committed before the POST. False: fenced off, forget the attempt. */
export async function markDispatching(db: Database, id: string, epoch: string): Promise<boolean> {
  return step(db, { id, epoch, to: 'dispatching', set: 'dispatching_at = now()' });
}

/** ComfyUI accepted the prompt. False: fenced off, or already known to be further. */
export async function markDispatched(db: Database, id: string, epoch: string): Promise<boolean> {
  return step(db, { id, epoch, to: 'dispatched', set: 'dispatched_at = now()' });
}

/** ComfyUI began to run it; the generation is processing from now on. False: fenced off, or already known. */
export async function markStarted(db: Database, id: string, epoch: string): Promise<boolean> {
  const [row] = await db.query<{ started: boolean }>('SELECT start_attempt($1, $2) AS started', [
    id,
    epoch,
  ]);
  return row?.started ?? false;
}

/**
 * The run is over and its outputs are known: the slot is free, finalize is due. Only then may history be deleted.
 * @returns `ended` when a cancel was requested before; null when fenced off
 */
export async function markExecuted(
  db: Database,
  attempt: { id: string; epoch: string; manifest: Manifest; gpuMs: number | null },
): Promise<'executed' | 'ended' | null> {
  const { id, epoch, manifest, gpuMs } = attempt;
  const [row] = await db.query<{ state: 'executed' | 'ended' | null }>(
    'SELECT execute_attempt($1, $2, $3, $4, $5) AS state',
    [id, epoch, JSON.stringify(manifest), gpuMs, JSON.stringify(toEnd({ reason: 'cancelled' }))],
  );
  return row?.state ?? null;
}

/** Those of `ids` that are attempts whose prompts are still to be drawn. What is no id is of none. */
export async function findOpenAttempts(db: Database, ids: string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT id FROM attempts
       WHERE id = ANY ($1::uuid[]) AND state NOT IN ('executed', 'stored', 'ended')`,
    [ids.filter(isId)],
  );
  return rows.map(({ id }) => id);
}

/** How many attempts may be in the queue of an instance: handed over, or about to be, and not known to be over. */
export async function countDispatched(db: Database, instanceId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int FROM attempts
       WHERE instance_id = $1 AND state IN ('dispatching', 'dispatched', 'started')`,
    [instanceId],
  );
  return row?.count ?? 0;
}

/** The mark of this installation on prompts: others may use the same ComfyUI. */
export async function readDeploymentId(db: Database): Promise<string> {
  const [row] = await db.query<{ id: string }>('SELECT deployment_id AS id FROM pool');
  if (!row) throw new Error('the pool has no row');
  return row.id;
}

async function step(
  db: Database,
  change: { id: string; epoch: string; to: AttemptState; set: string },
): Promise<boolean> {
  const from = statesBefore(ATTEMPT_TRANSITIONS, change.to);
  const rows = await db.query(
    `UPDATE attempts SET state = '${change.to}', ${change.set}
       WHERE id = $1 AND driver_epoch = $2 AND state = ANY ($3) RETURNING id`,
    [change.id, change.epoch, from],
  );
  return rows.length === 1;
}

/** The end of an attempt without a stored result. */
export interface AttemptEnd {
  id: string;
  epoch: string;
  reason: EndReason;
  /** For operators: what exactly happened. */
  detail?: string;
  /** GPU time it took, milliseconds; what it took since it began when absent. */
  gpuMs?: number;
}

/**
 * Ends an attempt without a stored result; the rules of packages/core say what becomes of its shot.
 * @returns the shot's new status, or null when fenced off
 */
export async function endAttempt(db: Database, end: AttemptEnd): Promise<ShotState | null> {
  const [row] = await db.query<{ status: ShotState | null }>(
    'SELECT end_attempt($1, $2, $3) AS status',
    [end.id, end.epoch, JSON.stringify(toEnd(end))],
  );
  return row?.status ?? null;
}

/**
 * Ends an attempt that never began, for the instance that asked for its shot: nothing counts, and for two seconds nobody
 * else may claim it. A requested cancel wins.
 * @returns the shot's new status, or null when fenced off
 */
export async function giveBackAttempt(
  db: Database,
  { id, epoch }: { id: string; epoch: string },
): Promise<ShotState | null> {
  const end = { ...toEnd({ reason: 'released' }), counts: undefined };
  const [row] = await db.query<{ status: ShotState | null }>(
    'SELECT give_back_attempt($1, $2, $3) AS status',
    [id, epoch, JSON.stringify(end)],
  );
  return row?.status ?? null;
}

/**
 * Fails generations, `limit` at most, with a shot that waited for `maxAgeMs` for one of these requirements, which no instance
 * can meet.
 * @returns how many
 */
export async function failWaiting(
  query: Database['query'],
  { requirements, maxAgeMs, limit }: { requirements: string[]; maxAgeMs: number; limit: number },
): Promise<number> {
  const [row] = await query<{ count: number }>('SELECT fail_waiting($1, $2, $3) AS count', [
    requirements,
    maxAgeMs,
    limit,
  ]);
  return row?.count ?? 0;
}

/** Shots that ran out of memory `ageMs` ago, and that wait for a larger instance since, take what there is. */
export async function freeShotsOutOfMemory(query: Database['query'], ageMs: number): Promise<void> {
  await query('SELECT free_shots_out_of_memory($1)', [ageMs]);
}

/** The rule for an end, as the database's functions take it. */
function toEnd({
  reason,
  detail,
  gpuMs,
}: Pick<AttemptEnd, 'reason' | 'detail' | 'gpuMs'>): Record<string, unknown> {
  const { then, counts, backoffMs, message, limit, needsMemory }: EndPolicy = END_REASONS[reason];
  const retired = WHEN_RETIRED[reason];
  return {
    ...{ reason, detail, counts, limit },
    message: detail && then !== 'retry' ? `${message} ${detail}` : message,
    gpu_ms: gpuMs,
    retry: then !== 'fail',
    elsewhere: then === 'elsewhere',
    needs_memory: needsMemory ?? false,
    backoff_ms: backoffMs,
    // Elsewhere comes to an end by itself: there are only so many instances.
    max: then === 'elsewhere' ? NO_LIMIT : MAX_ENDS[counts],
    when_retired: retired && toEnd({ reason: retired, ...(detail && { detail }) }),
  };
}
