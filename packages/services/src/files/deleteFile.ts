import { AppError, isId } from '@avatarforge/core';
import { deleteFile as deleteRow, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/**
 * Deletes a File of the caller: `deleted` for good, or `hidden` and kept while a generation needs it. With `force` it is
 * taken from finished generations too.
 * Throws {@link AppError} `not_found`, for a malformed id too, and `file_in_use` when `force` meets an unfinished generation.
 */
export async function deleteFile(
  { database }: { database: Database },
  { ctx, id, force }: { ctx: ServiceContext; id: string; force: boolean },
): Promise<'deleted' | 'hidden'> {
  requireScope(ctx, 'files:write');
  const result = isId(id) ? await deleteRow(database, { id, ownerId: ctx.userId, force }) : null;
  if (result === null) throw new AppError('not_found', 'You have no file with this id.');
  if (result === 'in_use') {
    const detail = 'A generation that is not finished draws from this file. Cancel it, or wait.';
    throw new AppError('file_in_use', detail);
  }
  return result;
}
