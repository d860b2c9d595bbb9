import { newId } from '@avatarforge/core';
import { insertUserOnce, type Database } from '@avatarforge/db';
import type { ServiceContext } from '../context';
import { ALL_SCOPES } from './scopes';

const LOCAL_USER = 'local';

/** The one user of an installation without authentication, who may do everything; made when absent. */
export async function ensureLocalUser({
  database,
}: {
  database: Database;
}): Promise<ServiceContext> {
  const user = { id: newId(), name: LOCAL_USER, role: 'admin' } as const;
  return { userId: await insertUserOnce(database, user), scopes: ALL_SCOPES };
}
