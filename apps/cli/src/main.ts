import { createKey } from './commands/createKey';
import { deployDatabase } from './commands/deployDatabase';
import { runTests } from './commands/runTests';
import { up } from './commands/up';
import { describeError } from './describeError';
import { say, tolerateLostTerminal } from './terminal';

type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Record<string, Command> = {
  up,
  test: runTests,
  'db deploy': deployDatabase,
  'keys create': createKey,
};

const USAGE = `Usage: avatarforge COMMAND

  up          start everything and keep it running (npm start)
  test        run all tests on servers of their own (npm test)
  db deploy   bring the database in DATABASE_URL up to date
  keys create --user NAME [--admin]   make an API key and show it, once`;

function findCommand(
  args: readonly string[],
): { run: Command; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const run = COMMANDS[args.slice(0, words).join(' ')];
    if (run) return { run, rest: args.slice(words) };
  }
  return undefined;
}

/** Runs one command. @returns the exit code; what went wrong has been said. */
export async function main(args: readonly string[]): Promise<number> {
  tolerateLostTerminal();
  const command = findCommand(args);
  if (!command) {
    say(USAGE);
    return 2;
  }
  try {
    return await command.run(command.rest);
  } catch (error) {
    process.stderr.write(`\n${describeError(error)}\n`);
    return 1;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => process.exit(code));
}
