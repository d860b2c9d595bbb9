import { AppError, isId } from '@avatarforge/core';
import {
  listDeliveries,
  listDeliveryAttempts,
  type Database,
  type DeliveryAttemptRecord,
  type DeliveryRecord,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** A delivery of the caller's with all its tries, the first first. Throws {@link AppError} `not_found`. */
export async function getDelivery(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<{ delivery: DeliveryRecord; attempts: DeliveryAttemptRecord[] }> {
  requireScope(ctx, 'webhooks:read');
  const delivery = await findOwnDelivery(database, { id, ownerId: ctx.userId });
  return { delivery, attempts: await listDeliveryAttempts(database, id) };
}

/** Throws {@link AppError} `not_found`, for a malformed id too. */
export async function findOwnDelivery(
  database: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<DeliveryRecord> {
  const [found] = isId(id) ? await listDeliveries(database, { id, ownerId }, { limit: 1 }) : [];
  if (!found) throw new AppError('not_found', 'You have no delivery with this id.');
  return found;
}
