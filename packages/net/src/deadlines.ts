import { setMaxListeners } from 'node:events';
import { OutboundError } from './outboundError';

/** When a piece of work is to end at the latest. */
interface Limits {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Work that ends in time, and all at once when it is closed. */
export interface Deadlines {
  /** What `work` gives, which obeys its signal. @throws OutboundError timeout, aborted; else what `work` throws */
  run<T>(limits: Limits, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Gives up all work, and waits until it has ended. */
  close(): Promise<void>;
}

/** Keeps the deadlines of one client. */
export function createDeadlines(): Deadlines {
  const closing = new AbortController();
  // All that is under way listens to it.
  setMaxListeners(0, closing.signal);
  const running = new Set<Promise<unknown>>();
  return {
    async run(limits, work) {
      const one = runUntil({ ...limits, closing: closing.signal }, work);
      running.add(one);
      try {
        return await one;
      } finally {
        running.delete(one);
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

async function runUntil<T>(
  { timeoutMs, signal, closing }: Limits & { closing: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const over = new AbortController();
  const giveUp = () => {
    ending.abort(new OutboundError('aborted', { cause: signal?.reason }));
  };
  for (const given of [signal, closing]) {
    if (given?.aborted) giveUp();
    given?.addEventListener('abort', giveUp, { signal: over.signal });
  }
  const timer = setTimeout(() => {
    ending.abort(new OutboundError('timeout'));
  }, timeoutMs);
  try {
    ending.signal.throwIfAborted();
    return await work(ending.signal);
  } catch (error) {
    ending.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
