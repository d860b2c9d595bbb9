import { AppError, isId } from '@avatarforge/core';
import {
  cancelGeneration as requestCancel,
  findGeneration,
  type Database,
  type GenerationRecord,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/**
 * Cancels the caller's generation: what waits at once, what runs within seconds; what is stored of it stays. Gives it as
 * it is then, also when it was cancelled before: an answer may have been lost. Throws {@link AppError} `not_found`,
 * `wrong_state` when it has ended otherwise, `too_late` when all is drawn and only to be stored.
 */
export async function cancelGeneration(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<GenerationRecord> {
  requireScope(ctx, 'generations:write');
  const where = { id, ownerId: ctx.userId };
  const outcome = isId(id) ? await requestCancel(database, where) : null;
  if (outcome === 'too_late') {
    throw new AppError(
      'too_late',
      'All of it is drawn, and about to be stored. Delete it instead.',
    );
  }
  const generation = outcome && (await findGeneration(database, where));
  if (!generation) throw new AppError('not_found', `There is no generation ${id}.`);
  if (outcome === 'finished' && generation.status !== 'cancelled') {
    throw new AppError('wrong_state', 'It is over: there is nothing left to cancel.');
  }
  return generation;
}
