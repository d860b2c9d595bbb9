import type { ListWebhookEndpoints } from '@avatarforge/contracts';
import {
  listEndpoints as selectEndpoints,
  type Database,
  type EndpointRecord,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { fromCursor, toPage } from '../cursor';

/** A page of the caller's endpoints without `default`, newest first. Throws {@link AppError} `validation_failed` for a cursor not of ours. */
export async function listEndpoints(
  { database }: { database: Database },
  { ctx, query }: { ctx: ServiceContext; query: ListWebhookEndpoints },
): Promise<{ endpoints: EndpointRecord[]; nextCursor: string | null }> {
  requireScope(ctx, 'webhooks:read');
  const { limit, cursor } = query;
  const found = await selectEndpoints(database, {
    ownerId: ctx.userId,
    after: cursor === undefined ? undefined : fromCursor(cursor),
    limit: limit + 1,
  });
  const { rows, nextCursor } = toPage(found, limit);
  return { endpoints: rows, nextCursor };
}
