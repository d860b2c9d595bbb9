const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** From one try to the next, in milliseconds: Standard Webhooks' example schedule, some three days in all. The first is at once. */
export const RETRY_WAITS: readonly number[] = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR],
  ...[10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
];

const MAX_WAIT = 24 * HOUR;
/** So that what failed together does not come again together. */
const JITTER = 0.2;

/** What the next try depends on. */
export interface Tried {
  /** How often it was tried. */
  tries: number;
  /** For how long the receiver asked to be left alone, in milliseconds; null when it did not. */
  retryAfterMs: number | null;
  /** From 0 to 1. */
  random?: () => number;
}

/** How long to wait before the next try, in milliseconds; null when there is none. */
export function nextWait({ tries, retryAfterMs, random = Math.random }: Tried): number | null {
  const wait = RETRY_WAITS[tries - 1];
  if (wait === undefined) return null;
  return Math.round(
    Math.max(wait * (1 + JITTER * random()), Math.min(retryAfterMs ?? 0, MAX_WAIT)),
  );
}

/** The wait in milliseconds that a `Retry-After` header asks for, in seconds or as a date; null for one that asks nothing. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
