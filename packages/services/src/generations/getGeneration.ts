import { AppError, isId } from '@avatarforge/core';
import { findGeneration, type Database, type GenerationRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** Which generation is asked for, and by whom. */
interface Asked {
  ctx: ServiceContext;
  id: string;
}

/** The caller's generation; null where there is none, for a malformed id too. */
export async function findOwnGeneration(
  { database }: { database: Database },
  { ctx, id }: Asked,
): Promise<GenerationRecord | null> {
  requireScope(ctx, 'generations:read');
  return isId(id) ? findGeneration(database, { id, ownerId: ctx.userId }) : null;
}

/** The caller's generation. Throws {@link AppError} `not_found`, for a malformed id too. */
export async function getGeneration(
  deps: { database: Database },
  asked: Asked,
): Promise<GenerationRecord> {
  const generation = await findOwnGeneration(deps, asked);
  if (!generation) throw new AppError('not_found', `There is no generation ${asked.id}.`);
  return generation;
}
