import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_AT_BYTES = 20 * 1024 * 1024;
const TAIL_BYTES = 4096;

/** A log open for appending: its descriptor, and where this run's lines begin. */
export interface OpenLog {
  descriptor: number;
  startBytes: number;
}

/** Opens a log (mode 0600) for appending; one that grew large is first set aside as `FILE.1`. */
export function openLog(file: string): OpenLog {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file) && statSync(file).size > ROTATE_AT_BYTES) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a', 0o600);
  return { descriptor, startBytes: statSync(file).size };
}

/** The last lines of a log, from `startBytes` on; empty when there is none. */
export function tailOf(file: string, { startBytes = 0, lines = 20 } = {}): string {
  if (!existsSync(file)) return '';
  const from = Math.max(startBytes, statSync(file).size - TAIL_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(TAIL_BYTES);
    const length = readSync(descriptor, buffer, 0, TAIL_BYTES, from);
    return buffer.toString('utf8', 0, length).trim().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
