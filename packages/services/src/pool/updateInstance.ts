import type { UpdateInstance } from '@avatarforge/contracts';
import { isId } from '@avatarforge/core';
import {
  updateInstance as changeInstance,
  type Database,
  type RegisteredInstance,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { getInstance, noInstance } from './getInstance';

/** What an operator may change of an instance. `isDraining`: it takes no new work. */
type InstanceChange = UpdateInstance & { isDraining?: boolean };

/** Changes what is given, and nothing else. Throws {@link AppError} `not_found`. */
export async function updateInstance(
  deps: { database: Database },
  { ctx, id, change }: { ctx: ServiceContext; id: string; change: InstanceChange },
): Promise<RegisteredInstance> {
  requireScope(ctx, 'admin');
  const isThere = isId(id) && (await changeInstance(deps.database, id, change));
  if (!isThere) throw noInstance(id);
  return getInstance(deps, { ctx, id });
}
