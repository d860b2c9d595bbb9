import type { Database } from './database';

/** Gives an instance the secret that signs what it calls back, in the place of an earlier one. False: no such instance. */
export async function saveCallbackSecret(
  db: Database,
  { id, secret }: { id: string; secret: string },
): Promise<boolean> {
  const rows = await db.query(
    'UPDATE instances SET callback_secret = $2 WHERE id = $1 AND removed_at IS NULL RETURNING id',
    [id, secret],
  );
  return rows.length === 1;
}

/** The secret that signs what this instance calls back; null where it has none. */
export async function findCallbackSecret(db: Database, id: string): Promise<string | null> {
  const [found] = await db.query<{ secret: string | null }>(
    'SELECT callback_secret AS secret FROM instances WHERE id = $1 AND removed_at IS NULL',
    [id],
  );
  return found?.secret ?? null;
}
