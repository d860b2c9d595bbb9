import type { FaultRecord, LeaseSpan, Recovery } from './evidence';

const DEATHS = new Set(['worker_killed', 'deliverer_killed']);
const OUTAGES = new Set(['postgres_killed', 'postgres_restarted', 'postgres_exhausted']);
/** A lease that was last seen so long ago has run out, and its worker was not driving. */
const LEASE_MS = 5000;

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
  const instances = [...new Set(spans.map(({ instance }) => instance))];
  return faults
    .filter(({ kind }) => DEATHS.has(kind))
    .flatMap((fault) =>
      instances.flatMap((instance): Recovery[] => {
        const own = spans.filter((span) => span.instance === instance);
        const last = own.findLast(({ from }) => from <= fault.from);
        if (!last || !wasDriving(last, fault)) return [];
        const next = own.find(({ from }) => from > fault.from);
        if (!next) return [];
        const since = outages
          .filter(({ from, to }) => from < next.from && (to ?? from) > fault.from)
          .reduce((latest, { from, to }) => Math.max(latest, to ?? from), fault.from);
        return [{ fault, ms: Math.max(0, next.from - since) }];
      }),
    );
}

function wasDriving({ worker_id: id, to }: LeaseSpan, { target, from }: FaultRecord): boolean {
  return target.includes(id) && to >= from - LEASE_MS;
}
