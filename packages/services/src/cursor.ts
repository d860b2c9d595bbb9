import { AppError, isId } from '@avatarforge/core';
import type { Position } from '@avatarforge/db';

/** A page of the rows found, which are one more where there is a next page; `nextCursor` is null where there is none. */
export function toPage<Row extends Position>(
  found: Row[],
  limit: number,
): { rows: Row[]; nextCursor: string | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: found.length > limit && last ? toCursor(last) : null };
}

const YEAR_10000 = Date.UTC(10_000, 0);

function toCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');
}

/** Throws {@link AppError} `validation_failed` for a cursor not of ours. */
export function fromCursor(cursor: string): Position {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const createdAt = new Date(Number(time));
  const isTime = createdAt.getTime() >= 0 && createdAt.getTime() < YEAR_10000;
  if (!isId(id) || !isTime) {
    throw new AppError('validation_failed', 'The cursor is not one that a list gave.', [
      { pointer: 'query/cursor', message: 'Give `next_cursor` of the page before, unchanged.' },
    ]);
  }
  return { createdAt, id };
}
