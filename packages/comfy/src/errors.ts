export interface Unavailability {
  /** Whether the same call may work a little later. */
  retryable: boolean;
  /** False when the request certainly never came to ComfyUI: it had no effect. */
  reached: boolean;
  /** The HTTP status, when there was one. */
  status?: number;
  cause?: unknown;
}

/** ComfyUI did not answer, or what answered was not ComfyUI. The one error of this package's I/O. */
export class ComfyUnavailableError extends Error {
  override readonly name = 'ComfyUnavailableError';
  readonly retryable: boolean;
  readonly reached: boolean;
  readonly status: number | undefined;

  constructor(message: string, { retryable, reached, status, cause }: Unavailability) {
    super(message, { cause });
    this.retryable = retryable;
    this.reached = reached;
    this.status = status;
  }
}

/** An output is larger than the caller allows; its download was stopped. */
export class OutputTooLargeError extends Error {
  override readonly name = 'OutputTooLargeError';

  constructor(readonly maxBytes: number) {
    super(`the output has more than ${maxBytes} bytes`);
  }
}

/** Whether a later call may get another HTTP status than this one. */
export function isRetryableStatus(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** Whether `error` tells of the world and not of a bug: no answer, or the call was ended. */
export function isOutage(error: unknown, signal: AbortSignal): boolean {
  return error instanceof ComfyUnavailableError || signal.aborted;
}
