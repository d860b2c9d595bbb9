import type { ListDeliveries } from '@avatarforge/contracts';
import {
  listDeliveries as selectDeliveries,
  type Database,
  type DeliveryRecord,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { fromCursor, toPage } from '../cursor';
import { findOwnEndpoint } from './getEndpoint';

/**
 * A page of what the caller's endpoints were told, newest first.
 * Throws {@link AppError} `validation_failed` for a cursor not of ours, `not_found` for an endpoint that is none.
 */
export async function listDeliveries(
  { database }: { database: Database },
  { ctx, query }: { ctx: ServiceContext; query: ListDeliveries },
): Promise<{ deliveries: DeliveryRecord[]; nextCursor: string | null }> {
  requireScope(ctx, 'webhooks:read');
  const { endpoint_id: id, generation_id: generationId, event, status, limit, cursor } = query;
  const ownerId = ctx.userId;
  const endpoint = id === undefined ? undefined : await findOwnEndpoint(database, { id, ownerId });
  const found = await selectDeliveries(
    database,
    { ownerId, endpointId: endpoint?.id, generationId, event, status },
    { after: cursor === undefined ? undefined : fromCursor(cursor), limit: limit + 1 },
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { deliveries: rows, nextCursor };
}
