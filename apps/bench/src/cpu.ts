import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc`, on every common Linux. */
const TICK_MS = 10;
const NAME_END = ') ';
/** After the name: state, parent, … */
const PARENT = 1;
const OWN_TIMES = [11, 12];
const ENDED_CHILDREN_TIMES = [13, 14];

/**
 * CPU time of a process and of its children, those that have ended included, in milliseconds to the next 10; null where the
 * system is not Linux.
 */
export function cpuMsOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.[PARENT] === String(pid));
  const times = [sum(statOf(String(pid)), [...OWN_TIMES, ...ENDED_CHILDREN_TIMES])];
  for (const child of children) times.push(sum(child, OWN_TIMES));
  return times.reduce((total, ticks) => total + ticks, 0) * TICK_MS;
}

/** The fields behind the name; null for a process that has ended. */
function statOf(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(NAME_END) + NAME_END.length).split(' ');
  } catch {
    return null; // it ended while this was looking
  }
}

function sum(stat: string[] | null, fields: number[]): number {
  return fields.reduce((total, field) => total + Number(stat?.[field] ?? 0), 0);
}
