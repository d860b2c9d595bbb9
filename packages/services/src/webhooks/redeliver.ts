import { redeliver as sendAgain, type Database, type DeliveryRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { requireEnabledEndpoint } from './enabledEndpoint';
import { findOwnDelivery } from './getDelivery';

/** Sends a delivery of the caller's again, as it was. Throws {@link AppError} `not_found`, and `endpoint_disabled`. */
export async function redeliver(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<DeliveryRecord> {
  requireScope(ctx, 'webhooks:write');
  const where = { id, ownerId: ctx.userId };
  const { endpointId } = await findOwnDelivery(database, where);
  await requireEnabledEndpoint(database, { ...where, id: endpointId });
  await sendAgain(database, where);
  return findOwnDelivery(database, where);
}
