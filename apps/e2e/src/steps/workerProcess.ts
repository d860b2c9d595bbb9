import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterTests } from '@avatarforge/testing';
import { ROOT_DIR } from '../fixtures/avatarForge';
import { searchPath } from '../fixtures/config';

const WORKER = join(ROOT_DIR, 'apps/worker/dist/main.js');

/** A worker in a process of its own. */
export interface WorkerProcess {
  /** All it has printed. */
  log(): string;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a built worker; killed after the tests. */
export function startWorkerProcess(env: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, [WORKER], {
    cwd: ROOT_DIR,
    env: { PATH: searchPath(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  afterTests(() => end('SIGKILL'));
  return {
    log: () => log,
    kill: () => end('SIGKILL'),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    stop: () => end('SIGTERM'),
  };
}
