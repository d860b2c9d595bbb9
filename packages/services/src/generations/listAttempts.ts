import type { ListAttempts } from '@avatarforge/contracts';
import { AppError, isId } from '@avatarforge/core';
import { listAttemptStories, type AttemptStory, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { fromCursor, toPage } from '../cursor';

/** Which attempts: a page of those at a generation. */
export interface AttemptsRequest {
  ctx: ServiceContext;
  id: string;
  query: ListAttempts;
}

/**
 * The attempts at the caller's generation, oldest first.
 * Throws {@link AppError} `not_found`, for a malformed id too, `validation_failed` for a cursor not of ours.
 */
export async function listAttempts(
  { database }: { database: Database },
  { ctx, id, query }: AttemptsRequest,
): Promise<{ attempts: AttemptStory[]; nextCursor: string | null }> {
  requireScope(ctx, 'generations:read');
  const { limit, cursor } = query;
  const page = { after: cursor === undefined ? undefined : fromCursor(cursor), limit: limit + 1 };
  const where = { id, ownerId: ctx.userId };
  const found = isId(id) ? await listAttemptStories(database, where, page) : null;
  if (!found) throw new AppError('not_found', `There is no generation ${id}.`);
  const { rows, nextCursor } = toPage(found, limit);
  return { attempts: rows, nextCursor };
}
