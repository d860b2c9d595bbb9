import { EmbeddedError, explain } from '@avatarforge/embedded';
import { ConfigError } from '@avatarforge/runtime';
import { CliError } from './cliError';

/** What went wrong, for people; a bug keeps its stack. */
export function describeError(error: unknown): string {
  const isForPeople = [CliError, ConfigError, EmbeddedError].some((kind) => error instanceof kind);
  if (error instanceof Error && isForPeople) return error.message;
  const isFromSystem = error instanceof Error && 'code' in error && 'syscall' in error;
  if (isFromSystem)
    return explain('It cannot go on.', error, 'Put that right, then try again.').message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
