import type { FaultRecord, LeaseSpan, Recovery } from './evidence';

const DEATHS = new Set(['worker_killed', 'deliverer_killed']);
const OUTAGES = new Set(['postgres_killed', 'postgres_restarted', 'postgres_exhausted']);

/**
 * How soon the instances of a killed worker were driven by another, by what was seen of the leases. Where Postgres was away
 * meanwhile, from its return: nobody can hold a lease without it. An instance that nobody drove again is left out here: its
 * generations would be lost.
 */
export function findRecoveries(
  faults: readonly FaultRecord[],
  spans: readonly LeaseSpan[],
): Recovery[] {
  const outages = faults.filter(({ kind }) => OUTAGES.has(kind));
  return faults
    .filter(({ kind }) => DEATHS.has(kind))
    .flatMap((fault) => {
      const held = spans.filter(
        ({ worker_id, from, to }) =>
          fault.target.includes(worker_id) && from <= fault.from && to >= fault.from - SEEN_MS,
      );
      return held.flatMap((span): Recovery[] => {
        const next = spans.find(
          ({ instance, worker_id, from }) =>
            instance === span.instance && worker_id !== span.worker_id && from > fault.from,
        );
        if (!next) return [];
        const since = outages
          .filter(({ from, to }) => from < next.from && (to ?? from) > fault.from)
          .reduce((latest, { from, to }) => Math.max(latest, to ?? from), fault.from);
        return [{ fault, ms: Math.max(0, next.from - since) }];
      });
    });
}

/** Leases are looked at five times a second, and less often when much is to be done. */
const SEEN_MS = 1500;
