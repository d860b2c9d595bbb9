import { AppError, isId } from '@avatarforge/core';
import {
  ensureDefaultEndpoint,
  findEndpoint,
  type Database,
  type EndpointRecord,
} from '@avatarforge/db';
import { newSecret } from '@avatarforge/webhooks';
import { requireScope, type ServiceContext } from '../context';

/** Names the endpoint for the addresses that generations name themselves. */
const DEFAULT = 'default';

/** An endpoint of the caller's; `default` is made when it is first asked for. Throws {@link AppError} `not_found`. */
export async function getEndpoint(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<EndpointRecord> {
  requireScope(ctx, 'webhooks:read');
  return findOwnEndpoint(database, { id, ownerId: ctx.userId });
}

/** As {@link getEndpoint}, whatever the caller may do. */
export async function findOwnEndpoint(
  database: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<EndpointRecord> {
  const realId =
    id === DEFAULT
      ? await ensureDefaultEndpoint(database, { ownerId, secret: newSecret('v1') })
      : id;
  const endpoint = isId(realId) ? await findEndpoint(database, { id: realId, ownerId }) : null;
  if (!endpoint) throw noEndpoint();
  return endpoint;
}

/** Nobody learns whether somebody else has it. */
export function noEndpoint(): AppError {
  return new AppError('not_found', 'You have no webhook endpoint with this id.');
}
