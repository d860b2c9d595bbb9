import { cancelGeneration, type BatchRecord, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { getBatch } from './getBatch';

/** Cancels what is left of the caller's batch, and gives it as it is then. Throws {@link AppError} `not_found`. */
export async function cancelBatch(
  deps: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<BatchRecord> {
  requireScope(ctx, 'generations:write');
  const { generations } = await getBatch(deps, { ctx, id });
  const unfinished = generations.filter(({ status }) => ['queued', 'processing'].includes(status));
  for (const generation of unfinished) {
    await cancelGeneration(deps.database, { id: generation.id, ownerId: ctx.userId });
  }
  return getBatch(deps, { ctx, id });
}
