import type { Database } from './database';

/** What is cleaned up, in batches of `limit`; each call gives how much went. `ageMs`: no younger than that. */
interface Batch {
  ageMs: number;
  limit: number;
}

const AGE = `now() - $1 * interval '1 ms'`;
const IS_ORPHAN = `f.deleted_at IS NULL AND f.used_at < ${AGE}
  AND NOT EXISTS (SELECT 1 FROM generation_files WHERE file_id = f.id)
  AND NOT EXISTS (SELECT 1 FROM generation_outputs WHERE file_id = f.id)`;

/** Deletes Files that no generation needs and nobody used for `ageMs`; of one owner, or of all. */
export function deleteOrphans(
  db: Database,
  { ageMs, limit, ownerId }: Batch & { ownerId: string | null },
): Promise<number> {
  return count(db, `SELECT delete_orphans(${AGE}, $2, $3) AS count`, [ageMs, ownerId, limit]);
}

/** How many {@link deleteOrphans} would delete in all. */
export function countOrphans(db: Database, ageMs: number): Promise<number> {
  return count(db, `SELECT count(*) FROM files f WHERE ${IS_ORPHAN}`, [ageMs]);
}

/**
 * Forgets the generation that has been in the trash for longest, if that is `ageMs` or more, with the Files that only it
 * needed; one at a time, so that what is locked for it is not locked for long. Gives how many that were.
 */
export function emptyTrash(db: Database, ageMs: number): Promise<number> {
  return count(db, 'SELECT empty_trash($1) AS count', [ageMs]);
}

/** How many {@link emptyTrash} would forget in all. */
export function countTrash(db: Database, ageMs: number): Promise<number> {
  return count(
    db,
    `SELECT count(*) FROM generations WHERE deleted_at <= ${AGE} AND finished_at IS NOT NULL`,
    [ageMs],
  );
}

/**
 * Lets go of Blobs that have been condemned for `ageMs` and that no File names: their objects become loose. Says how many
 * were looked at, and how many of them went.
 */
export async function releaseBlobs(
  db: Database,
  { ageMs, limit }: Batch,
): Promise<{ lookedAt: number; released: number }> {
  const [row] = await db.query<{ lookedAt: number; released: number }>(
    'SELECT looked_at AS "lookedAt", released FROM release_blobs($1, $2)',
    [ageMs, limit],
  );
  return row ?? { lookedAt: 0, released: 0 };
}

/** How many {@link releaseBlobs} would let go in all. */
export function countCondemnedBlobs(db: Database, ageMs: number): Promise<number> {
  return count(
    db,
    `SELECT count(*) FROM blobs b
       WHERE condemned_at <= ${AGE} AND NOT EXISTS (SELECT 1 FROM files f WHERE f.sha256 = b.sha256)`,
    [ageMs],
  );
}

/** How many loose objects are to be deleted. */
export function countLooseObjects(db: Database): Promise<number> {
  return count(db, 'SELECT count(*) FROM loose_objects WHERE delete_after <= now()', []);
}

/** Forgets idempotency keys and direct uploads whose time is over. */
export async function deleteExpired(db: Database): Promise<void> {
  await db.query(`DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 h'`);
  await db.query('DELETE FROM direct_uploads WHERE expires_at < now()');
}

/**
 * Whether recurring work is due, for this caller alone. The next time is `retryMs` from now, so that somebody else does
 * it when the caller dies; it is set to the regular one by {@link finishScheduled}.
 */
export async function claimScheduled(
  db: Database,
  name: string,
  retryMs: number,
): Promise<boolean> {
  const rows = await db.query(
    `INSERT INTO schedules AS s (name, due_at) VALUES ($1, now() + $2 * interval '1 ms')
       ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE s.due_at <= now()
       RETURNING name`,
    [name, retryMs],
  );
  return rows.length === 1;
}

/** The work is done; it is due again after `everyMs`. */
export async function finishScheduled(db: Database, name: string, everyMs: number): Promise<void> {
  await db.query(`UPDATE schedules SET due_at = now() + $2 * interval '1 ms' WHERE name = $1`, [
    name,
    everyMs,
  ]);
}

async function count(db: Database, statement: string, values: unknown[]): Promise<number> {
  const [row] = await db.query<{ count: string | number }>(statement, values);
  return Number(row?.count ?? 0);
}
