/** Waits for what never comes; rejects when the server's life ends. */
export function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** For waits that the end of the server's life may cut short; any other error is thrown on. */
export function ignoreLifeEnd(error: unknown): void {
  if ((error as { name?: unknown }).name !== 'AbortError') throw error;
}
