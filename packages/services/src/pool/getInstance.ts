import { AppError, isId } from '@avatarforge/core';
import { listRegisteredInstances, type Database, type RegisteredInstance } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** An instance, for operators. Throws {@link AppError} `not_found`, for a malformed id too. */
export async function getInstance(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<RegisteredInstance> {
  requireScope(ctx, 'admin');
  const [found] = isId(id) ? await listRegisteredInstances(database, { id }, { limit: 1 }) : [];
  if (!found) throw noInstance(id);
  return found;
}

/** What is answered where there is no instance of this name. */
export function noInstance(id: string): AppError {
  return new AppError('not_found', `There is no instance ${id}.`);
}
