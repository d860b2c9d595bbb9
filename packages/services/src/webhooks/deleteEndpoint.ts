import { isId } from '@avatarforge/core';
import { deleteEndpoint as deleteRow, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { noEndpoint } from './getEndpoint';

/** Deletes an endpoint of the caller's with the log of its deliveries. Throws {@link AppError} `not_found`, for `default` too. */
export async function deleteEndpoint(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<void> {
  requireScope(ctx, 'webhooks:write');
  if (!isId(id) || !(await deleteRow(database, { id, ownerId: ctx.userId }))) throw noEndpoint();
}
