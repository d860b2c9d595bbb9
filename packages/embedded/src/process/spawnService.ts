import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { openLog, tailOf } from '../logFile';
import { identityOf } from './identity';
import { endProcess } from './endProcess';
import { removePidFile, writePidFile } from './pidFile';
import type { Account } from './account';

/** How to start a service. `env` is its whole environment. */
export interface ServiceOptions {
  name: string;
  command: string;
  args: readonly string[];
  env: Record<string, string>;
  cwd: string;
  runDir: string;
  logFile: string;
  account?: Account | undefined;
  /** Asks it to end; SIGTERM unless told. */
  stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to end before it is killed; 10 s unless told. */
  stopTimeoutMs?: number;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface ServiceExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running child process that leads its own process group. */
export interface RunningService {
  name: string;
  pid: number;
  /** Settles when the process has ended and its pid file is gone. */
  exited: Promise<ServiceExit>;
  /** Asks it to end, kills it when it takes longer than `timeoutMs`; 0 kills at once. */
  stop: (timeoutMs?: number) => Promise<void>;
  /** The last lines it wrote to its log in this run. */
  tail: () => string;
}

/**
 * Starts a program in its own process group, its output appended to `logFile`, its id kept in
 * `runDir/NAME.pid` for as long as it runs.
 * @throws the system's error when the program cannot be run.
 */
export async function spawnService(options: ServiceOptions): Promise<RunningService> {
  const { name, logFile, stopSignal = 'SIGTERM', stopTimeoutMs = 10_000 } = options;
  const log = openLog(logFile);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    ...options.account,
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  });
  closeSync(log.descriptor);
  const ended = new Promise<ServiceExit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const identity = identityOf(pid);
  const pidFile = join(options.runDir, `${name}.pid`);
  // A program may already have ended here; then there is nothing to write down.
  if (identity !== undefined) {
    try {
      writePidFile(pidFile, { pid, identity, note: stopSignal });
    } catch (error) {
      // Without a pid file nobody would ever find it again.
      process.kill(-pid, 'SIGKILL');
      throw error;
    }
  }
  const exited = ended.then((exit) => {
    removePidFile(pidFile, pid);
    return exit;
  });
  return {
    name,
    pid,
    exited,
    stop: async (timeoutMs = stopTimeoutMs) => {
      if (identity !== undefined) {
        await endProcess({ pid, identity, note: '' }, { signal: stopSignal, timeoutMs });
      }
      await exited;
    },
    tail: () => tailOf(logFile, { startBytes: log.startBytes }),
  };
}
