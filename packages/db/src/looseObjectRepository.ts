import type { Database } from './database';

/** For a writer to name its object; one that takes longer has died. */
const WRITE_MS = 24 * 3_600_000;

/**
 * Says that an object is about to be written. Until a Blob names it, it is loose: deleted when `keepMs` are over, so that
 * nothing is left of a writer that dies.
 */
export async function announceObject(db: Database, key: string, keepMs = WRITE_MS): Promise<void> {
  await db.query(
    `INSERT INTO loose_objects (object_key, delete_after) VALUES ($1, now() + $2 * interval '1 ms')`,
    [key, keepMs],
  );
}

/** Says that loose objects will not be named after all. */
export async function discardObjects(db: Database, keys: string[]): Promise<void> {
  await db.query('UPDATE loose_objects SET delete_after = now() WHERE object_key = ANY ($1)', [
    keys,
  ]);
}

/** Loose objects to be deleted now: from here on none of them can be named. Those that were claimed before and are still there come again. */
export async function claimLooseObjects(db: Database, limit: number): Promise<string[]> {
  const rows = await db.query<{ object_key: string }>(
    `UPDATE loose_objects SET is_deleting = true
       WHERE object_key IN (
         SELECT object_key FROM loose_objects WHERE delete_after <= now()
           ORDER BY delete_after LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING object_key`,
    [limit],
  );
  return rows.map((row) => row.object_key);
}

/** An object that could not be deleted is tried again later. */
export async function postponeLooseObject(
  db: Database,
  key: string,
  delayMs: number,
): Promise<void> {
  await db.query(
    `UPDATE loose_objects SET delete_after = now() + $2 * interval '1 ms' WHERE object_key = $1`,
    [key, delayMs],
  );
}

/** Forgets an object that has been deleted. */
export async function forgetLooseObject(db: Database, key: string): Promise<void> {
  await db.query('DELETE FROM loose_objects WHERE object_key = $1 AND is_deleting', [key]);
}

/** Those of the keys that nothing names. */
export async function findUnknownObjects(db: Database, keys: string[]): Promise<string[]> {
  const rows = await db.query<{ key: string }>(
    `SELECT key FROM unnest($1::text[]) AS key
       WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE object_key = key)
         AND NOT EXISTS (SELECT 1 FROM loose_objects WHERE object_key = key)`,
    [keys],
  );
  return rows.map((row) => row.key);
}

/** Makes loose, to be deleted at once, those of the keys that nothing names. Gives how many there were. */
export function condemnUnknownObjects(db: Database, keys: string[]): Promise<number> {
  return db.transaction(async (query) => {
    const condemned = await query<{ object_key: string }>(
      `INSERT INTO loose_objects (object_key, delete_after)
         SELECT key, now() FROM unnest($1::text[]) AS key WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE object_key = key)
         ON CONFLICT DO NOTHING RETURNING object_key`,
      [keys],
    );
    // A Blob that came to name one at this very moment is seen now, and nobody has seen the row yet.
    const named = await query(
      `DELETE FROM loose_objects l WHERE object_key = ANY ($1)
         AND EXISTS (SELECT 1 FROM blobs b WHERE b.object_key = l.object_key) RETURNING object_key`,
      [condemned.map((row) => row.object_key)],
    );
    return condemned.length - named.length;
  });
}
