import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  identityOf,
  isRunning,
  readPidFile,
  removePidFile,
  writePidFile,
} from '@avatarforge/embedded';
import { CliError } from '../cliError';

/** What the lock is for: one `up` per home, and where that one is to be found. */
export interface LockOptions {
  home: string;
  url: string;
  say: (line: string) => void;
}

function tryLock(file: string, url: string): boolean {
  const self = { pid: process.pid, identity: identityOf(process.pid) ?? '', note: url };
  try {
    writePidFile(file, self, { isExclusive: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Makes this process the only one that runs on `home`; the lock of a process that is gone is taken over.
 * @returns how to give the lock back. @throws CliError when another one runs.
 */
export function takeLock({ home, url, say }: LockOptions): () => void {
  const file = join(home, 'up.pid');
  const release = (): void => {
    removePidFile(file, process.pid);
  };
  if (tryLock(file, url)) return release;
  const holder = readPidFile(file);
  if (!holder || !isRunning(holder)) {
    say('An earlier run did not end in order; taking over from it.');
    rmSync(file, { force: true });
    if (tryLock(file, url)) return release;
  }
  const { pid, note } = holder ?? { pid: 'unknown', note: url };
  throw new CliError(
    `AvatarForge already runs here: ${note} (pid ${pid}). Use that one, or stop it with Ctrl-C in its terminal (or: kill ${pid}). ` +
      'A second one beside it needs a folder and a port of its own: AVATARFORGE_HOME=.avatarforge-2 PORT=8001 npm start',
  );
}
