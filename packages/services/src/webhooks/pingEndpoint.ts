import { insertPing, type Database, type DeliveryRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { requireEnabledEndpoint } from './enabledEndpoint';
import { findOwnDelivery } from './getDelivery';
import { noEndpoint } from './getEndpoint';

/**
 * Has an endpoint told `webhook.ping`, whatever events it asked for. Gives the delivery.
 * Throws {@link AppError} `not_found`, for `default` too, which has no address, and `endpoint_disabled`.
 */
export async function pingEndpoint(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<DeliveryRecord> {
  requireScope(ctx, 'webhooks:write');
  const ownerId = ctx.userId;
  const endpoint = await requireEnabledEndpoint(database, { id, ownerId });
  const made = await insertPing(database, { endpointId: endpoint.id, ownerId });
  if (made === null) throw noEndpoint();
  return findOwnDelivery(database, { id: made, ownerId });
}
