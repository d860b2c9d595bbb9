import { setTimeout as delay } from 'node:timers/promises';

/** Time as a process sees it: monotonic, unaware of the date. */
export interface Clock {
  /** Milliseconds since some moment in the past. */
  now(): number;
  /** Waits `ms`; returns early when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
