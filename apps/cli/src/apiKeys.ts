import { DependencyError } from '@avatarforge/core';
import { openDatabase, type Database } from '@avatarforge/db';
import { createApiKey, createFirstAdminKey } from '@avatarforge/services';
import { CliError } from './cliError';

/** Makes the first key of an installation, an admin's; null when it has one already. */
export function makeFirstKey(databaseUrl: string): Promise<string | null> {
  return withDatabase(databaseUrl, (database) => createFirstAdminKey({ database }));
}

/** Makes a key for a user, who is made when absent. */
export async function makeKey(
  databaseUrl: string,
  wanted: { userName: string; isAdmin: boolean; keyName: string },
): Promise<string> {
  const { userName, isAdmin, keyName: name } = wanted;
  const role = isAdmin ? 'admin' : 'user';
  const made = await withDatabase(databaseUrl, (database) =>
    createApiKey({ database }, { userName, role, name }),
  );
  return made.key;
}

async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  // A connection that dies while idle is met again by the next statement, which tells of it.
  const database = openDatabase({ url, maxConnections: 1, onError: () => undefined });
  try {
    return await work(database);
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    throw new CliError(
      'The database does not answer. Start AvatarForge (npm start), or name a running database in DATABASE_URL.',
      { cause: error },
    );
  } finally {
    await database.close();
  }
}
