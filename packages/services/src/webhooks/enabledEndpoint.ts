import { AppError } from '@avatarforge/core';
import type { Database, EndpointRecord } from '@avatarforge/db';
import { findOwnEndpoint } from './getEndpoint';

/** The owner's endpoint, which is to be sent something. Throws {@link AppError} `not_found`, and `endpoint_disabled`. */
export async function requireEnabledEndpoint(
  database: Database,
  where: { id: string; ownerId: string },
): Promise<EndpointRecord> {
  const endpoint = await findOwnEndpoint(database, where);
  if (endpoint.disabledAt === null) return endpoint;
  throw new AppError(
    'endpoint_disabled',
    'This endpoint is told nothing. Send it {"is_enabled": true} by PATCH first.',
  );
}
