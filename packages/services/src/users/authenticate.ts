import { hashApiKey, isApiKey } from '@avatarforge/core';
import { findActiveApiKey, updateApiKeyLastUsed, type Database } from '@avatarforge/db';
import type { ServiceContext } from '../context';
import { isScope } from './scopes';

export interface AuthenticateDeps {
  database: Database;
  /** Told when the use of a key could not be noted; the caller is let in all the same. */
  onError: (error: unknown) => void;
}

/** Who comes with this API key and what it may do; `null` when it is unknown, revoked or expired. */
export async function authenticate(
  { database, onError }: AuthenticateDeps,
  { key }: { key: string },
): Promise<ServiceContext | null> {
  if (!isApiKey(key)) return null;
  const found = await findActiveApiKey(database, hashApiKey(key));
  if (!found) return null;
  updateApiKeyLastUsed(database, found.id).catch(onError);
  return { userId: found.userId, scopes: found.scopes.filter(isScope) };
}
