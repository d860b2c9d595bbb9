import { S3ServiceException } from '@aws-sdk/client-s3';
import {
  InvalidRangeError,
  isStorageError,
  ObjectNotFoundError,
  StorageUnavailableError,
} from './errors';

/** The error of this package that an error of the SDK means. */
export function toStorageError(key: string, cause: unknown): Error {
  if (isStorageError(cause)) return cause;
  if (!(cause instanceof S3ServiceException)) {
    return new StorageUnavailableError('the object store is away', { cause, retryable: true });
  }
  const status = cause.$metadata.httpStatusCode ?? 0;
  if (status === 404 && cause.name !== 'NoSuchBucket') {
    return new ObjectNotFoundError(key, { cause });
  }
  if (status === 416) return new InvalidRangeError(key, { cause });
  // The store waited too long for the body; AWS answers 400.
  const isSlow = cause.name === 'RequestTimeout';
  const retryable = isSlow || status === 0 || status === 429 || status >= 500;
  return new StorageUnavailableError(`the object store answered ${cause.name}`, {
    cause,
    retryable,
  });
}

/** Runs a call of the SDK. @throws errors of this package alone. */
export async function translated<T>(key: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStorageError(key, error);
  }
}

/** Runs a call of the SDK; null when what it is about does not exist. */
export async function orNullWhenAbsent<T>(key: string, run: () => Promise<T>): Promise<T | null> {
  try {
    return await translated(key, run);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}
