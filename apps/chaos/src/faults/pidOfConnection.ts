import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Which of the processes has the connection from this port of loopback; null when none. Linux only. */
export function pidOfConnection(port: number, pids: readonly number[]): number | null {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  const inode = lines.map((line) => line.trim().split(/\s+/)).find((of) => of[1] === local)?.[9];
  if (inode === undefined) return null;
  return pids.find((pid) => holds(pid, `socket:[${inode}]`)) ?? null;
}

function holds(pid: number, socket: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(`${folder}/${descriptor}`) === socket;
    } catch {
      return false; // closed meanwhile
    }
  });
}
