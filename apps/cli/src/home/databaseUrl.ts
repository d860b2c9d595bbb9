import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cliError';

const fileOf = (home: string): string => join(home, 'database.url');

/** Notes the address of the database that runs in this home, for other commands to find. */
export function noteDatabaseUrl(home: string, url: string): void {
  writeFileSync(fileOf(home), `${url}\n`, { mode: 0o600 });
}

/** The address that was noted last. @throws CliError when none ever was. */
export function findDatabaseUrl(home: string): string {
  const file = fileOf(home);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new CliError(
    'There is no database yet. Start AvatarForge once (npm start), or name a database in DATABASE_URL.',
  );
}
