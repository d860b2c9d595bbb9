import type { Scope } from '@avatarforge/contracts';
import { hashApiKey, newApiKey, newId, shownPrefix } from '@avatarforge/core';
import { insertApiKey, insertUserOnce, type Database, type UserRole } from '@avatarforge/db';
import { scopesOf } from './scopes';

/** For whom a key is and what it may do. */
export interface NewKey {
  /** The user, who is made when absent. */
  userName: string;
  /** Role of the user when made now; one who exists keeps the role. */
  role: UserRole;
  /** What the owner calls the key. */
  name: string;
  /** All scopes of the role when absent. */
  scopes?: readonly Scope[];
  /** Never, when absent. */
  expiresAt?: Date;
}

/** A key that was just made. Only its hash is kept: `key` is known here and never again. */
export interface CreatedApiKey {
  key: string;
  id: string;
  userId: string;
  shownPrefix: string;
}

/** Makes an API key. For the operator's tools, which act on the installation and have no caller. */
export function createApiKey(
  { database }: { database: Database },
  input: NewKey,
): Promise<CreatedApiKey> {
  return database.transaction((query) => addApiKey({ query }, input));
}

/** Makes an API key within the transaction of the caller. */
export async function addApiKey(
  database: Pick<Database, 'query'>,
  { userName, role, name, scopes = scopesOf(role), expiresAt }: NewKey,
): Promise<CreatedApiKey> {
  const key = newApiKey();
  const id = newId();
  const userId = await insertUserOnce(database, { id: newId(), name: userName, role });
  const prefix = shownPrefix(key);
  await insertApiKey(database, {
    id,
    userId,
    name,
    shownPrefix: prefix,
    secretHash: hashApiKey(key),
    scopes,
    expiresAt: expiresAt ?? null,
  });
  return { key, id, userId, shownPrefix: prefix };
}
