import { weightedServiceMs } from './accounts';
import type { Backlog, Line } from './types';

/** Owners of one requirement that are looked at: those served least, and those whose shots have waited longest. */
const LEAST_SERVED = 32;
const LONGEST_WAITING = 8;

/**
 * A backlog with no more lines of each requirement than could be chosen before the next look: a decision takes time for every
 * line. Who is left out is served more and has waited less than those who are not.
 */
export function shortlist(backlog: Backlog): Backlog {
  const accounts = new Map(backlog.accounts.map((account) => [account.ownerId, account]));
  const serviceMs = ({ ownerId }: Line) => {
    const account = accounts.get(ownerId);
    return account ? weightedServiceMs(account, backlog.virtualTimeMs) : 0;
  };
  const lines = backlog.requirements.flatMap(({ requirement }) => {
    const all = backlog.lines.filter((line) => line.requirement === requirement);
    if (all.length <= LEAST_SERVED + LONGEST_WAITING) return all;
    const byService = all.toSorted((a, b) => serviceMs(a) - serviceMs(b));
    const others = byService.slice(LEAST_SERVED).sort((a, b) => b.oldestMs - a.oldestMs);
    return [...byService.slice(0, LEAST_SERVED), ...others.slice(0, LONGEST_WAITING)];
  });
  return { ...backlog, lines };
}
