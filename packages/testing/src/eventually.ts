import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** When to give up, in ms; 5,000 when absent. */
  timeoutMs?: number;
  /** Between two tries, in ms; 20 when absent. */
  everyMs?: number;
}

type Held<T> = Exclude<T, false | null>;

/**
 * Tries `condition` again and again until it neither throws nor gives `false` or `null`, and returns
 * what it gives. @throws at the end of the time what the last try threw.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 5_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<Held<T>> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      const result = await condition();
      if (result !== false && result !== null) return result as Held<T>;
      if (performance.now() >= until) {
        throw new Error(`still ${String(result)} after ${timeoutMs} ms`);
      }
    } catch (error) {
      if (performance.now() >= until) throw error;
    }
    await delay(everyMs);
  }
}
