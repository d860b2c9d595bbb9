/** No object is stored under the key. */
export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';

  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`no object is stored as ${key}`, options);
  }
}

/** The range begins behind the end of the object. */
export class InvalidRangeError extends Error {
  override readonly name = 'InvalidRangeError';

  constructor(key: string, options?: ErrorOptions) {
    super(`the range begins behind the end of ${key}`, options);
  }
}

/** The body given to `put` failed (`cause`) or had another size than was said; nothing is stored. */
export class ObjectBodyError extends Error {
  override readonly name = 'ObjectBodyError';
}

/** The key is not made of segments of `A-Z a-z 0-9 . _ -`, or a segment begins with a dot. */
export class InvalidObjectKeyError extends Error {
  override readonly name = 'InvalidObjectKeyError';

  constructor(key: string) {
    super(`${JSON.stringify(key)} cannot be the key of an object`);
  }
}

/** The store failed; `retryable` says whether the same call may succeed later by itself. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';
  readonly retryable: boolean;

  constructor(message: string, options: { cause?: unknown; retryable: boolean }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}

const EXPECTED = [
  ObjectNotFoundError,
  InvalidRangeError,
  ObjectBodyError,
  InvalidObjectKeyError,
  StorageUnavailableError,
];

/** Whether `error` is one of this package's own, which need no translation. */
export function isStorageError(error: unknown): error is Error {
  return EXPECTED.some((type) => error instanceof type);
}
