import { hasApiKeys, lockFirstApiKey, type Database } from '@avatarforge/db';
import { addApiKey } from './createApiKey';

/** The key of a new user `admin`, when there is no API key at all, else `null`. Of two callers at once one gets it. */
export function createFirstAdminKey({ database }: { database: Database }): Promise<string | null> {
  return database.transaction(async (query) => {
    await lockFirstApiKey({ query });
    if (await hasApiKeys({ query })) return null;
    const made = await addApiKey(
      { query },
      { userName: 'admin', role: 'admin', name: 'first key' },
    );
    return made.key;
  });
}
