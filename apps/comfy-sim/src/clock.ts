import { setTimeout as delay } from 'node:timers/promises';

/** How time passes for the simulated server. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Lets milliseconds pass; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }),
};
