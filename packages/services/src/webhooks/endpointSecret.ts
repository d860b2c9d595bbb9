import { rotateEndpointSecret, type Database, type EndpointRecord } from '@avatarforge/db';
import { newSecret, verifierOf } from '@avatarforge/webhooks';
import { requireScope, type ServiceContext } from '../context';
import { findOwnEndpoint, noEndpoint } from './getEndpoint';

/** What a receiver verifies with. */
export interface EndpointSecret {
  /** `whsec_…`, or `whpk_…` of a private key, which is told to nobody. */
  secret: string;
  /** Until then the secret before signs, too. */
  previousUntil: Date | null;
}

interface Asked {
  ctx: ServiceContext;
  id: string;
}

/** What receivers of this endpoint verify with. Throws {@link AppError} `not_found`. */
export async function getEndpointSecret(
  { database }: { database: Database },
  { ctx, id }: Asked,
): Promise<EndpointSecret> {
  requireScope(ctx, 'webhooks:write');
  return toEndpointSecret(await findOwnEndpoint(database, { id, ownerId: ctx.userId }));
}

/** Gives an endpoint a new secret; the one before signs, too, for `overlapMs`. Throws {@link AppError} `not_found`. */
export async function rotateSecret(
  { database }: { database: Database },
  { ctx, id, overlapMs }: Asked & { overlapMs: number },
): Promise<EndpointSecret> {
  requireScope(ctx, 'webhooks:write');
  const where = { ownerId: ctx.userId };
  const endpoint = await findOwnEndpoint(database, { ...where, id });
  const rotated = await rotateEndpointSecret(
    database,
    { ...where, id: endpoint.id },
    { secret: newSecret(endpoint.signing), overlapMs },
  );
  // Deleted just now.
  if (!rotated) throw noEndpoint();
  return toEndpointSecret(rotated);
}

/** What of an endpoint its receivers are to know. */
export function toEndpointSecret({ secret, previousUntil }: EndpointRecord): EndpointSecret {
  return { secret: verifierOf(secret), previousUntil };
}
