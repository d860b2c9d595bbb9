import {
  ATTEMPT_TRANSITIONS,
  END_REASONS,
  isId,
  MAX_ENDS,
  newId,
  statesBefore,
  type AttemptState,
  type EndPolicy,
  type EndReason,
  type Graph,
  type ShotState,
} from '@avatarforge/core';
import { DatabaseError } from 'pg';
import type { Database } from './database';
import type { ShotUpload } from './newGenerationRepository';
import type { Lease } from './leaseRepository';

const NO_LIMIT = 1_000_000;

/** A shot just claimed for an instance. */
export interface ClaimedAttempt {
  /** The prompt_id, posted at most once, ever. */
  attemptId: string;
  shotId: string;
  generationId: string;
  /** Earlier tries: with the shot's id, the name of its ticket. */
  tries: number;
  graph: Graph;
  uploads: ShotUpload[];
}

/** An attempt that is not over, as its new driver finds it. */
export interface OpenAttempt {
  attemptId: string;
  shotId: string;
  generationId: string;
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
 * Claims up to `count` waiting shots for the instance of `lease`, oldest first.
 * Returns `null` when the lease is lost: drop the instance without any further side effect.
 */
export async function claimShots(
  db: Database,
  claim: { workerId: string; lease: Lease; clientId: string; count: number },
): Promise<ClaimedAttempt[] | null> {
  const { workerId, lease, clientId, count } = claim;
  const ids = Array.from({ length: count }, () => newId());
  try {
    return await db.query(
      `SELECT attempt_id AS "attemptId", shot_id AS "shotId", generation_id AS "generationId", tries, graph, uploads
         FROM claim_shots($1, $2, $3, $4, $5, ARRAY[NULL]::text[], ARRAY[NULL]::uuid[])`,
      [lease.instanceId, lease.epoch, workerId, clientId, ids],
    );
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'AF001') return null;
    throw error;
  }
}

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
       RETURNING a.id AS "attemptId", a.shot_id AS "shotId", s.generation_id AS "generationId",
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
    [id, epoch, JSON.stringify(manifest), gpuMs, toEnd('cancelled')],
  );
  return row?.state ?? null;
}

/** Whether an attempt is over, for good or without a result. What is no id is of none. */
export async function hasEnded(db: Database, id: string): Promise<boolean> {
  if (!isId(id)) return false;
  const rows = await db.query(
    `SELECT 1 FROM attempts WHERE id = $1 AND state IN ('stored', 'ended')`,
    [id],
  );
  return rows.length > 0;
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

/**
 * Ends an attempt without a stored result; the rules of packages/core say what becomes of its shot.
 * @param attempt.detail for operators: what exactly happened
 * @returns the shot's new status, or null when fenced off
 */
export async function endAttempt(
  db: Database,
  attempt: { id: string; epoch: string; reason: EndReason; detail?: string },
): Promise<ShotState | null> {
  const { id, epoch, reason, detail } = attempt;
  const [row] = await db.query<{ status: ShotState | null }>(
    'SELECT end_attempt($1, $2, $3) AS status',
    [id, epoch, toEnd(reason, detail)],
  );
  return row?.status ?? null;
}

/** The rule for `reason`, as the database's functions take it. */
function toEnd(reason: EndReason, detail?: string): string {
  const { then, counts, backoffMs, message }: EndPolicy = END_REASONS[reason];
  return JSON.stringify({
    reason,
    detail,
    message: detail && then !== 'retry' ? `${message} ${detail}` : message,
    retry: then !== 'fail',
    elsewhere: then === 'elsewhere',
    counts,
    backoff_ms: backoffMs,
    // Elsewhere comes to an end by itself: there are only so many instances.
    max: then === 'elsewhere' ? NO_LIMIT : MAX_ENDS[counts],
  });
}
