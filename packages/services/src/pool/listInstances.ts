import type { ListInstances } from '@avatarforge/contracts';
import { listRegisteredInstances, type Database, type RegisteredInstance } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { fromCursor, toPage } from '../cursor';

/** A page of the pool's instances, newest first, for operators. Throws {@link AppError} `validation_failed` for a cursor not of ours. */
export async function listInstances(
  { database }: { database: Database },
  { ctx, query }: { ctx: ServiceContext; query: ListInstances },
): Promise<{ instances: RegisteredInstance[]; nextCursor: string | null }> {
  requireScope(ctx, 'admin');
  const { label = [], health, state, limit, cursor } = query;
  const found = await listRegisteredInstances(
    database,
    { labels: label, health, state },
    { after: cursor === undefined ? undefined : fromCursor(cursor), limit: limit + 1 },
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { instances: rows, nextCursor };
}
