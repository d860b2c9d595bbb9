import type { ReplayDeliveries } from '@avatarforge/contracts';
import { replayDeliveries, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { requireEnabledEndpoint } from './enabledEndpoint';

/** In one statement, so that no lock is held for long. */
const MOST = 10_000;

/**
 * Sends again what an endpoint was told, or was not, in a time; of very much the oldest. Gives how many.
 * Throws {@link AppError} `not_found`, and `endpoint_disabled`.
 */
export async function replay(
  { database }: { database: Database },
  { ctx, id, input }: { ctx: ServiceContext; id: string; input: ReplayDeliveries },
): Promise<number> {
  requireScope(ctx, 'webhooks:write');
  const ownerId = ctx.userId;
  const endpoint = await requireEnabledEndpoint(database, { id, ownerId });
  return replayDeliveries(database, {
    ...{ endpointId: endpoint.id, ownerId, statuses: input.statuses, limit: MOST },
    ...{ from: new Date(input.from), to: new Date(input.to) },
  });
}
