import { AppError, isId } from '@avatarforge/core';
import { findBatch, type BatchRecord, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** The caller's batch. Throws {@link AppError} `not_found`, for a malformed id too. */
export async function getBatch(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<BatchRecord> {
  requireScope(ctx, 'generations:read');
  const batch = isId(id) ? await findBatch(database, { id, ownerId: ctx.userId }) : null;
  if (!batch) throw new AppError('not_found', `There is no batch ${id}.`);
  return batch;
}
