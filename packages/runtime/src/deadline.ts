/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(
    readonly operation: string,
    readonly deadlineMs: number,
  ) {
    super(`${operation} took longer than ${deadlineMs} ms`);
  }
}

/**
 * What `run` resolves to, when it does so within `deadlineMs`. At the deadline the signal given to
 * `run` aborts and the call rejects, whether or not `run` obeys.
 * @throws DeadlineError, or what `run` throws.
 */
export async function withDeadline<T>(
  run: (signal: AbortSignal) => Promise<T>,
  deadlineMs: number,
  operation: string,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DeadlineError(operation, deadlineMs));
  }, deadlineMs);
  try {
    return await Promise.race([run(controller.signal), rejectionOn(controller.signal)]);
  } finally {
    clearTimeout(timer);
  }
}

function rejectionOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as DeadlineError);
    });
  });
}
