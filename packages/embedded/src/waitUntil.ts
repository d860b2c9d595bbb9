import { setTimeout as delay } from 'node:timers/promises';

/** Limits of a wait. */
export interface WaitLimits {
  timeoutMs: number;
  everyMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Asks again and again until the condition holds.
 * @returns false when the time is over; @throws the signal's reason when it is aborted.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 25, signal }: WaitLimits,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() >= deadline) return false;
    await delay(everyMs);
  }
}
