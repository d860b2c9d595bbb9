import { AppError, isId } from '@avatarforge/core';
import { deleteGeneration as moveToTrash, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/**
 * Puts a generation of the caller's into the trash: it is out of sight at once, and stopped if it runs.
 * Throws {@link AppError} `not_found`, for a malformed id too.
 */
export async function deleteGeneration(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<void> {
  requireScope(ctx, 'generations:write');
  const isDeleted = isId(id) && (await moveToTrash(database, { id, ownerId: ctx.userId }));
  if (!isDeleted) throw new AppError('not_found', `There is no generation ${id}.`);
}
