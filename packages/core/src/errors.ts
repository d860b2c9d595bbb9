import type { FieldError, ProblemCode } from '@avatarforge/contracts';

/** A rule says no. `code` is in the problem catalog, `message` says what to do about it. */
export class AppError extends Error {
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly errors?: FieldError[],
  ) {
    super(message);
    this.name = 'AppError';
  }
}

/** A rule says no for the time being: the same is worth another try after `retryAfterS` seconds. */
export class RetryLaterError extends AppError {
  constructor(
    code: ProblemCode,
    message: string,
    readonly retryAfterS: number,
  ) {
    super(code, message);
    this.name = 'RetryLaterError';
  }
}

/** A part of the world that this process depends on. */
export type Dependency = 'database' | 'redis' | 'storage' | 'comfyui';

/** The world failed. Made at the edge of an adapter; nobody else knows the library's error classes. */
export class DependencyError extends Error {
  constructor(
    readonly dependency: Dependency,
    readonly retryable: boolean,
    options: { cause: unknown },
  ) {
    super(`${dependency} failed`, options);
    this.name = 'DependencyError';
  }
}
