import type { Manifest } from './attemptRepository';
import type { Database } from './database';

/** How long a finalizer may take before another may try. */
const CLAIM_MS = 60_000;
/** The claim of a worker that has not been heard of for so long is free: of two finalizers the first to finish wins. */
const SILENCE_MS = 10_000;

/** An executed attempt whose outputs are to be fetched and stored. */
export interface FinalizeClaim {
  attemptId: string;
  epoch: string;
  generationId: string;
  /** Place of the shot in its generation, from 0, and the view it shows. */
  shotOrdinal: number;
  view: string | null;
  instanceId: string;
  instanceUrl: string;
  manifest: Manifest;
  /** This one included. */
  tries: number;
  /** Earlier times that an output was not there. */
  misses: number;
}

/** An output already in object storage, to become a File. Width and height are null for what is no picture. */
export interface StoredOutput {
  ordinal: number;
  file_id: string;
  sha256: string;
  object_key: string;
  size: number;
  mime_type: string;
  width: number | null;
  height: number | null;
  filename: string;
}

/** Claims the longest-due executed attempt, none of the `busy` instances, or null when none is due. */
export async function claimFinalize(
  db: Database,
  workerId: string,
  busy: string[] = [],
): Promise<FinalizeClaim | null> {
  const [claim] = await db.query<FinalizeClaim>(
    `WITH due AS (
       SELECT id FROM attempts
         WHERE state = 'executed' AND next_finalize_at <= now()
           AND (finalize_until IS NULL OR finalize_until < now() OR EXISTS (
             SELECT 1 FROM workers w WHERE w.id = finalize_owner AND w.seen_at < now() - $4 * interval '1 ms'))
           AND instance_id <> ALL ($3::uuid[])
         ORDER BY next_finalize_at LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     UPDATE attempts a
       SET finalize_owner = $1, finalize_until = now() + $2 * interval '1 ms', finalize_tries = finalize_tries + 1
       FROM due, instances i, shots s
       WHERE a.id = due.id AND i.id = a.instance_id AND s.id = a.shot_id
       RETURNING a.id AS "attemptId", a.driver_epoch AS epoch, s.generation_id AS "generationId",
         s.ordinal AS "shotOrdinal",
         s.view, i.id AS "instanceId", i.url AS "instanceUrl", a.manifest, a.finalize_tries AS tries, a.finalize_misses AS misses`,
    [workerId, CLAIM_MS, busy, SILENCE_MS],
  );
  return claim ?? null;
}

/**
 * Makes stored pictures the outputs of the generation, ends the shot, and with the last shot the generation. Their objects
 * were announced ({@link announceObject}).
 * @returns false when another was faster
 */
export async function storeAttempt(
  db: Database,
  stored: { attemptId: string; outputs: StoredOutput[] },
): Promise<boolean> {
  const [row] = await db.query<{ stored: boolean }>(
    'SELECT store_attempt($1, $2) IS NOT NULL AS stored',
    [stored.attemptId, JSON.stringify(stored.outputs)],
  );
  return row?.stored ?? false;
}

/** Keeps a claim that takes long. False: it is over. */
export async function renewFinalize(
  db: Database,
  { attemptId, workerId }: { attemptId: string; workerId: string },
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE attempts SET finalize_until = now() + $3 * interval '1 ms'
       WHERE id = $1 AND finalize_owner = $2 AND state = 'executed' RETURNING id`,
    [attemptId, workerId, CLAIM_MS],
  );
  return rows.length === 1;
}

/** Gives the claim back, due again after `delayMs`. `isMiss`: an output was not there. */
export async function postponeFinalize(
  db: Database,
  postponed: { attemptId: string; workerId: string; delayMs: number; isMiss: boolean },
): Promise<void> {
  await db.query(
    `UPDATE attempts
       SET finalize_owner = NULL, finalize_until = NULL, next_finalize_at = now() + $3 * interval '1 ms',
           finalize_misses = finalize_misses + $4::int
       WHERE id = $1 AND finalize_owner = $2 AND state = 'executed'`,
    [postponed.attemptId, postponed.workerId, postponed.delayMs, Number(postponed.isMiss)],
  );
}
