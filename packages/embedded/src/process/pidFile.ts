import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identityOf } from './identity';

/** What a pid file holds, one per line: the id, when that process began, and a note of the writer's own. */
export interface PidFile {
  pid: number;
  identity: string;
  note: string;
}

/** Writes down a running process; `isExclusive` makes it fail with EEXIST when the file is there. */
export function writePidFile(
  file: string,
  { pid, identity, note }: PidFile,
  { isExclusive = false } = {},
): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${pid}\n${identity}\n${note}\n`, {
    mode: 0o600,
    flag: isExclusive ? 'wx' : 'w',
  });
}

/** @returns what the file says, or undefined when there is none or it makes no sense. */
export function readPidFile(file: string): PidFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const [pid = '', identity = '', note = ''] = text.split('\n');
  return /^[1-9]\d*$/.test(pid) && identity ? { pid: Number(pid), identity, note } : undefined;
}

/** Whether the very process that was written down still runs (not a later one with its id). */
export function isRunning({ pid, identity }: PidFile): boolean {
  return identityOf(pid) === identity;
}

/** Removes the file, but only while it speaks of `pid`. */
export function removePidFile(file: string, pid: number): void {
  if (readPidFile(file)?.pid === pid) rmSync(file, { force: true });
}
