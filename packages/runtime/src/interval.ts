import { systemClock, type Clock } from './clock';

export interface IntervalOptions {
  name: string;
  /** From the start of one tick to the start of the next, in ms. */
  everyMs: number;
  /** Before the first tick, in ms; as long as between ticks when absent. */
  firstAfterMs?: number;
  /** The share of a wait, 0 to 1, that is left to chance, so that processes do not tick together. */
  jitter?: number;
  /** One tick; `signal` aborts when the interval is stopped. */
  run: (signal: AbortSignal) => Promise<unknown>;
  /** Told of every tick that failed; the next one comes all the same. */
  onError: (error: unknown, name: string) => void;
  clock?: Clock;
}

export interface Interval {
  /** Starts no further tick and waits for the one that is running. */
  stop(): Promise<void>;
}

/** Runs a tick again and again, never two at once: a tick that takes long delays the next. */
export function startInterval(options: IntervalOptions): Interval {
  const stopping = new AbortController();
  const running = tickUntil(stopping.signal, options);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function tickUntil(signal: AbortSignal, options: IntervalOptions): Promise<void> {
  const { name, everyMs, firstAfterMs = everyMs, run, onError, clock = systemClock } = options;
  const jittered = (ms: number) => ms * (1 - (options.jitter ?? 0) * Math.random());

  await clock.sleep(jittered(firstAfterMs), signal);
  while (!signal.aborted) {
    const startedAt = clock.now();
    try {
      await run(signal);
    } catch (error) {
      onError(error, name);
    }
    await clock.sleep(Math.max(0, jittered(everyMs) - (clock.now() - startedAt)), signal);
  }
}
