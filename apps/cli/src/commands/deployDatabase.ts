import { CliError } from '../cliError';
import { readStartConfig } from '../config';
import { migrate } from '../system';
import { say } from '../terminal';

/** Applies what is missing of the migrations to the database in DATABASE_URL. @throws CliError */
export async function deployDatabase(): Promise<number> {
  const { databaseUrl } = readStartConfig();
  if (databaseUrl === undefined) {
    throw new CliError(
      'DATABASE_URL is not set: name the database to bring up to date. (npm start does this for its own by itself.)',
    );
  }
  const applied = await migrate(databaseUrl);
  say(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`);
  return 0;
}
