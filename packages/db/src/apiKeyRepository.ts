import type { Database } from './database';

/** The database, or a transaction of it. */
type Queryable = Pick<Database, 'query'>;

/** An API key that may be used now. */
export interface ActiveApiKey {
  id: string;
  userId: string;
  scopes: string[];
}

/** What a new API key says of itself; the key is known by its hash alone. */
export interface NewApiKey {
  id: string;
  userId: string;
  name: string;
  shownPrefix: string;
  secretHash: string;
  scopes: readonly string[];
  expiresAt: Date | null;
}

/** A user's rights over the installation. */
export type UserRole = 'user' | 'admin';

/** The key with this hash, unless it is revoked or expired (by the clock of the database). */
export async function findActiveApiKey(
  db: Queryable,
  secretHash: string,
): Promise<ActiveApiKey | null> {
  const rows = await db.query<{ id: string; user_id: string; scopes: string[] }>(
    `SELECT id, user_id, scopes FROM api_keys
      WHERE secret_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [secretHash],
  );
  const row = rows[0];
  return row ? { id: row.id, userId: row.user_id, scopes: row.scopes } : null;
}

/** Notes that the key was used, at most once a minute. */
export async function updateApiKeyLastUsed(db: Queryable, id: string): Promise<void> {
  await db.query(
    `UPDATE api_keys SET last_used_at = now()
      WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    [id],
  );
}

/** Whether any API key was ever made. */
export async function hasApiKeys(db: Queryable): Promise<boolean> {
  const rows = await db.query('SELECT 1 FROM api_keys LIMIT 1');
  return rows.length > 0;
}

/** Makes the row of a new key. */
export async function insertApiKey(db: Queryable, key: NewApiKey): Promise<void> {
  await db.query(
    `INSERT INTO api_keys (id, user_id, name, shown_prefix, secret_hash, scopes, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [key.id, key.userId, key.name, key.shownPrefix, key.secretHash, key.scopes, key.expiresAt],
  );
}

/** The id of the user with this name, who is made when absent; a user that exists keeps the role. */
export async function insertUserOnce(
  db: Queryable,
  user: { id: string; name: string; role: UserRole },
): Promise<string> {
  const [row] = await db.query<{ id: string }>(
    `INSERT INTO users (id, name, role) VALUES ($1, $2, $3)
      ON CONFLICT (name) DO UPDATE SET name = excluded.name
      RETURNING id`,
    [user.id, user.name, user.role],
  );
  if (!row) throw new Error('an upsert returned no row');
  return row.id;
}

/** Makes all who do the same wait until the end of this transaction. */
export async function lockFirstApiKey(db: Queryable): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtext('avatarforge.first_api_key'))`);
}
