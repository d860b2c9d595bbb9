import { AppError, isId } from '@avatarforge/core';
import { removeInstance as markRemoved, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { noInstance } from './getInstance';

/**
 * Takes an instance out of the pool: workers give it nothing more, follow what it runs to the end, and let go of it.
 * Throws {@link AppError} `not_found`, `instance_configured` for one of COMFYUI_URLS, which would come back.
 */
export async function removeInstance(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<void> {
  requireScope(ctx, 'admin');
  const outcome = isId(id) ? await markRemoved(database, id) : null;
  if (outcome === null) throw noInstance(id);
  if (outcome === 'configured') {
    throw new AppError(
      'instance_configured',
      'It stands in COMFYUI_URLS and would come back. Drain it, or take it out of the configuration and restart the workers.',
    );
  }
}
