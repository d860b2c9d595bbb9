import { weightedServiceMs } from './accounts';
import type { Candidate } from './candidates';
import type { Backlog } from './types';

/** Where an owner stands among the others, for one decision. */
export interface OwnerStanding {
  serviceMs: number;
  weight: number;
  /** How long its oldest shot has waited: the tie-break. */
  oldestMs: number;
}

/** The standing of every owner with a line. */
export function ownerStandings(backlog: Backlog): Map<string, OwnerStanding> {
  const accounts = new Map(backlog.accounts.map((account) => [account.ownerId, account]));
  const owners = new Map<string, OwnerStanding>();
  for (const { ownerId, oldestMs } of backlog.lines) {
    const known = owners.get(ownerId);
    if (known) {
      known.oldestMs = Math.max(known.oldestMs, oldestMs);
      continue;
    }
    const account = accounts.get(ownerId) ?? { ownerId, weight: 1, servedMs: 0 };
    const serviceMs = weightedServiceMs(account, backlog.virtualTimeMs);
    owners.set(ownerId, { serviceMs, weight: account.weight, oldestMs });
  }
  return owners;
}

/** A candidate together with its owner's standing. */
export interface Contender extends Candidate {
  owner: OwnerStanding;
  /** Of the line that are not yet taken in this decision. */
  left: number;
}

/** Fair order: the least served owner first; within an owner the highest priority, then the oldest. */
export function byFairness(a: Contender, b: Contender): number {
  if (a.line.ownerId !== b.line.ownerId) {
    return (
      a.owner.serviceMs - b.owner.serviceMs ||
      b.owner.oldestMs - a.owner.oldestMs ||
      (a.line.ownerId < b.line.ownerId ? -1 : 1)
    );
  }
  return b.line.priority - a.line.priority || b.line.oldestMs - a.line.oldestMs;
}
