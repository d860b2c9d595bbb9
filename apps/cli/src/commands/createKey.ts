import { parseArgs } from 'node:util';
import { makeKey } from '../apiKeys';
import { CliError } from '../cliError';
import { readStartConfig } from '../config';
import { findDatabaseUrl } from '../home/databaseUrl';
import { say } from '../terminal';

const USAGE = 'Usage: avatarforge keys create --user NAME [--key-name TEXT] [--admin]';

/**
 * Makes an API key and prints it, once: only its hash is kept. Works on the database in DATABASE_URL, else on that of a
 * running `npm start`.
 * @throws CliError
 */
export async function createKey(args: readonly string[]): Promise<number> {
  const { user, 'key-name': keyName = 'cli', admin: isAdmin = false } = parse(args);
  if (!user) throw new CliError(USAGE);
  const { databaseUrl, home } = readStartConfig();
  const key = await makeKey(databaseUrl ?? findDatabaseUrl(home), {
    userName: user,
    isAdmin,
    keyName,
  });
  say(
    `The key of ${user}, shown this once:\n\n  ${key}\n\nSend it as "Authorization: Bearer KEY".`,
  );
  return 0;
}

function parse(args: readonly string[]) {
  try {
    const options = {
      user: { type: 'string' },
      'key-name': { type: 'string' },
      admin: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new CliError(`${(error as Error).message}\n${USAGE}`);
  }
}
