import type { ListGenerations } from '@avatarforge/contracts';
import { AppError, isId } from '@avatarforge/core';
import {
  listGenerations as selectGenerations,
  type Database,
  type GenerationRecord,
  type Position,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** A page of the caller's generations, newest first. Throws {@link AppError} `validation_failed` for a cursor not of ours. */
export async function listGenerations(
  deps: { database: Database },
  { ctx, query }: { ctx: ServiceContext; query: ListGenerations },
): Promise<{ generations: GenerationRecord[]; nextCursor: string | null }> {
  requireScope(ctx, 'generations:read');
  const { status, limit, cursor } = query;
  const found = await selectGenerations(deps.database, {
    ownerId: ctx.userId,
    ...(status && { status }),
    ...(cursor && { after: fromCursor(cursor) }),
    limit: limit + 1,
  });
  const generations = found.slice(0, limit);
  const last = generations.at(-1);
  return { generations, nextCursor: found.length > limit && last ? toCursor(last) : null };
}

function toCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');
}

function fromCursor(cursor: string): Position {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const createdAt = new Date(Number(time));
  if (!isId(id) || Number.isNaN(createdAt.getTime())) {
    throw new AppError('validation_failed', 'The cursor is not one that a list gave.', [
      { pointer: 'query/cursor', message: 'Give `next_cursor` of the page before, unchanged.' },
    ]);
  }
  return { createdAt, id };
}
