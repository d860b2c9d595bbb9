/** Refuses calls for a while after several failures in a row, then lets one through as a probe. */
export interface Breaker {
  /** Runs `call`, or does not and returns 'refused'. @throws what `call` throws. */
  run<T>(call: () => Promise<T>): Promise<T | 'refused'>;
  isOpen(): boolean;
}

export interface BreakerOptions {
  failures: number;
  openMs: number;
  now?: () => number;
}

/** A breaker that opens for `openMs` after that many `failures` in a row. */
export function createBreaker(options: BreakerOptions): Breaker {
  const { failures, openMs, now = () => performance.now() } = options;
  let failed = 0;
  let openUntil = 0;
  const isOpen = () => now() < openUntil;

  return {
    isOpen,
    async run(call) {
      if (isOpen()) return 'refused';
      // Others are refused while this call tries whether things work again.
      if (failed >= failures) openUntil = now() + openMs;
      try {
        const result = await call();
        failed = 0;
        openUntil = 0;
        return result;
      } catch (error) {
        failed++;
        if (failed >= failures) openUntil = now() + openMs;
        throw error;
      }
    },
  };
}
