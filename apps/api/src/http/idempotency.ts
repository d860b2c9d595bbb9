import { createHash } from 'node:crypto';
import type { OperationName } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import type { Idempotency } from '@avatarforge/db';
import type { Request } from 'express';

const HEADER = 'Idempotency-Key';
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The key under which this request is carried out once, if its sender gave one. `said`: all that the request says, parsed.
 * @throws AppError validation_failed for what cannot be a key
 */
export function idempotencyOf(
  req: Request,
  operation: OperationName,
  said: unknown,
): Idempotency | undefined {
  const key = req.get(HEADER);
  if (key === undefined) return undefined;
  if (!KEY.test(key)) {
    const message = 'Give 1 to 255 visible ASCII characters, such as a UUID.';
    throw new AppError('validation_failed', `${HEADER}: ${message}`, [
      { pointer: `header/${HEADER}`, message },
    ]);
  }
  const requestHash = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  return { operation, key, requestHash };
}
