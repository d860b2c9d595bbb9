import type { GenerationStatus, ListGenerations } from '@avatarforge/contracts';
import {
  countGenerations,
  listGenerations as selectGenerations,
  type Database,
  type GenerationRecord,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { fromCursor, toPage } from '../cursor';

/** A page of the caller's generations, newest first. Throws {@link AppError} `validation_failed` for a cursor not of ours. */
export async function listGenerations(
  deps: { database: Database },
  { ctx, query }: { ctx: ServiceContext; query: ListGenerations },
): Promise<{ generations: GenerationRecord[]; nextCursor: string | null }> {
  requireScope(ctx, 'generations:read');
  const { status, limit, cursor, created_after: after, created_before: before } = query;
  const found = await selectGenerations(
    deps.database,
    {
      ownerId: ctx.userId,
      status,
      createdAfter: after === undefined ? undefined : new Date(after),
      createdBefore: before === undefined ? undefined : new Date(before),
    },
    { after: cursor === undefined ? undefined : fromCursor(cursor), limit: limit + 1 },
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { generations: rows, nextCursor };
}

/** Which page of a numbered list. */
export interface NumberedPage {
  limit: number;
  /** How many to skip. */
  offset: number;
  status?: GenerationStatus | undefined;
}

/** A page of the caller's generations by its number, newest first, and how many there are on all pages. */
export async function listNumberedGenerations(
  { database }: { database: Database },
  { ctx, page }: { ctx: ServiceContext; page: NumberedPage },
): Promise<{ generations: GenerationRecord[]; total: number }> {
  requireScope(ctx, 'generations:read');
  const { status, ...range } = page;
  const filter = { ownerId: ctx.userId, status };
  const [generations, total] = await Promise.all([
    selectGenerations(database, filter, range),
    countGenerations(database, filter),
  ]);
  return { generations, total };
}
