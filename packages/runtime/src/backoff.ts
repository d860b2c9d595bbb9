export interface BackoffOptions {
  /** The wait before the first retry, in ms. */
  baseMs: number;
  /** How much longer each wait is than the one before; 2 when absent. */
  factor?: number;
  /** No wait is longer than this, in ms. */
  maxMs: number;
  /** The share of a wait, 0 to 1, that is left to chance; 0 when absent. */
  jitter?: number;
  random?: () => number;
}

/** The wait in ms before retry number `retry` (0 is the first): grows exponentially up to `maxMs`. */
export function backoff(options: BackoffOptions): (retry: number) => number {
  const { baseMs, factor = 2, maxMs, jitter = 0, random = Math.random } = options;
  return (retry) => {
    const wait = Math.min(maxMs, baseMs * factor ** retry);
    return Math.round(wait * (1 - jitter * random()));
  };
}
