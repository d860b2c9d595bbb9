/** What `promise` resolves to, or null when `ms` pass or `signal` aborts before. */
export function within<T>(promise: Promise<T>, ms: number, signal?: AbortSignal) {
  return new Promise<T | null>((resolve, reject) => {
    const settle = (value: T | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(value);
    };
    const giveUp = () => {
      settle(null);
    };
    const timer = setTimeout(giveUp, ms);
    signal?.addEventListener('abort', giveUp);
    promise.then(settle, reject);
  });
}
