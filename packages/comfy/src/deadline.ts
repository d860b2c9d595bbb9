import { ComfyUnavailableError } from './errors';

/** How long a call may take, and who may stop it. */
export interface CallOptions {
  signal?: AbortSignal;
  /** For the whole call, however many requests it makes; the client's own `timeoutMs` when absent. */
  timeoutMs?: number;
}

/**
 * What `run` resolves to. Its signal aborts with the caller's reason when the caller's signal does,
 * and with a {@link ComfyUnavailableError} at the deadline.
 */
export async function within<T>(
  { signal, timeoutMs }: CallOptions & { timeoutMs: number },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => {
    controller.abort(signal?.reason);
  };
  const timer = setTimeout(() => {
    const message = `ComfyUI did not answer within ${timeoutMs} ms`;
    controller.abort(new ComfyUnavailableError(message, { retryable: true, reached: true }));
  }, timeoutMs);
  signal?.addEventListener('abort', stop);
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
