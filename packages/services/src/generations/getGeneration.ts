import { AppError, isId } from '@avatarforge/core';
import { findGeneration, type Database, type GenerationRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** The caller's generation. Throws {@link AppError} `not_found`, for a malformed id too. */
export async function getGeneration(
  deps: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<GenerationRecord> {
  requireScope(ctx, 'generations:read');
  const generation = isId(id) && (await findGeneration(deps.database, { id, ownerId: ctx.userId }));
  if (!generation) throw new AppError('not_found', `There is no generation ${id}.`);
  return generation;
}
