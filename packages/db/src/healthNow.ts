/** Three probes of a driver. */
const SILENCE_MS = 15_000;

/** SQL: the health of an instance `i`. One not heard of for a while is no longer known to be well. */
export const HEALTH_NOW = `CASE
  WHEN i.health IN ('ok', 'half_open') AND i.seen_at < now() - ${SILENCE_MS} * interval '1 ms' THEN 'unknown'
  ELSE i.health END`;
