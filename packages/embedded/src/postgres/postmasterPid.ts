import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError } from '../embeddedError';
import { identityOf } from '../process/identity';

const STATUS_LINE = 7;

function lines(dataDir: string): string[] {
  const file = join(dataDir, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

/** Whether the server in this folder, with this process id, says that it takes connections. */
export function isPostmasterReady(dataDir: string, pid: number): boolean {
  const found = lines(dataDir);
  return Number(found[0]) === pid && found[STATUS_LINE]?.trim() === 'ready';
}

function commandOf(pid: number): string {
  return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
}

/**
 * Removes the lock that a killed server left. Postgres refuses to start when another process has
 * meanwhile got the remembered id, which is common in containers.
 * @throws EmbeddedError when a server really runs on this data.
 */
export function clearStalePostmaster(dataDir: string): void {
  const pid = Number(lines(dataDir)[0] ?? Number.NaN);
  if (Number.isNaN(pid)) return;
  if (identityOf(pid) !== undefined && commandOf(pid).includes(dataDir)) {
    throw new EmbeddedError({
      what: `A PostgreSQL server already runs on ${dataDir}.`,
      why: `Its process id is ${pid}, and AvatarForge did not start it.`,
      todo: `Stop it (kill -INT ${pid}), then start again.`,
    });
  }
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}
