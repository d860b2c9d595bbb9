import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endProcess } from './endProcess';
import { isRunning, readPidFile } from './pidFile';

const REAP_TIMEOUT_MS = 10_000;

/** Ends the process that a pid file speaks of, if it still runs, and removes the file. @returns whether it ran. */
export async function reapService(file: string): Promise<boolean> {
  const left = readPidFile(file);
  const hasRun = left !== undefined && isRunning(left);
  if (hasRun) {
    const signal = left.note === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
    await endProcess(left, { signal, timeoutMs: REAP_TIMEOUT_MS });
  }
  rmSync(file, { force: true });
  return hasRun;
}

/**
 * Ends all services whose pid files an earlier, killed supervisor left in `runDir`, with their
 * process groups, and removes the files. A process that only got a remembered id is left alone.
 * @returns the names of those that still ran.
 */
export async function reapStale(runDir: string): Promise<string[]> {
  if (!existsSync(runDir)) return [];
  const names = readdirSync(runDir)
    .filter((file) => file.endsWith('.pid'))
    .map((file) => basename(file, '.pid'));
  const reaped = await Promise.all(
    names.map(async (name) => ((await reapService(join(runDir, `${name}.pid`))) ? [name] : [])),
  );
  return reaped.flat();
}
