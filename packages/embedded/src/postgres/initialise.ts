import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { explain } from '../embeddedError';
import { runCommand } from '../process/runCommand';
import type { PostgresBinaries } from './binaries';
import type { Place } from './place';

/** The name of the role and of the database that we make. */
export const POSTGRES_NAME = 'avatarforge';

const INITDB_TIMEOUT_MS = 120_000;

function own(path: string, place: Place): void {
  if (place.account) chownSync(path, place.account.uid, place.account.gid);
}

/** @returns the password of our role, made once and kept with mode 0600. */
export function keepPassword(place: Place): string {
  if (!existsSync(place.passwordFile)) {
    writeFileSync(place.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    own(place.passwordFile, place);
  }
  return readFileSync(place.passwordFile, 'utf8').trim();
}

async function runStep(step: string, run: () => ReturnType<typeof runCommand>): Promise<void> {
  const { isOk, stderr } = await run();
  if (isOk) return;
  throw explain(`${step} failed.`, stderr, 'Look at that message, put it right, and start again.');
}

/**
 * Makes a new data folder with our role and our database. It gets its name only when it is
 * complete, so an interrupted first start leaves nothing half-made behind.
 * @throws EmbeddedError
 */
export async function initialise(
  place: Place,
  { binDir }: PostgresBinaries,
  options: { isDurable: boolean; signal?: AbortSignal | undefined },
): Promise<void> {
  const fresh = join(place.root, 'data.new');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  own(fresh, place);
  keepPassword(place);

  const limits = { account: place.account, timeoutMs: INITDB_TIMEOUT_MS, signal: options.signal };
  const initdb = ['-D', fresh, '-U', POSTGRES_NAME, `--pwfile=${place.passwordFile}`]
    .concat('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C')
    .concat(options.isDurable ? [] : '--no-sync');
  await runStep('Making the database (initdb)', () =>
    runCommand(join(binDir, 'initdb'), initdb, limits),
  );
  const single = [
    '--single',
    '-D',
    fresh,
    '-c',
    `fsync=${options.isDurable ? 'on' : 'off'}`,
    'postgres',
  ];
  await runStep('Making the database', () =>
    runCommand(join(binDir, 'postgres'), single, {
      ...limits,
      input: `CREATE DATABASE ${POSTGRES_NAME};\n`,
    }),
  );
  renameSync(fresh, place.dataDir);
}
