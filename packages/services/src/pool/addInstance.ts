import type { AddInstance } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { insertInstance, type Database, type RegisteredInstance } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { getInstance } from './getInstance';
import { toInstanceUrl } from './instanceUrl';

/**
 * Adds an instance to the pool; one that was removed comes back under its id.
 * Throws {@link AppError} `validation_failed` for what is no http(s) address, `instance_exists` for one that is there,
 * whatever the credentials: two drivers of one ComfyUI would stop each other's prompts.
 */
export async function addInstance(
  deps: { database: Database },
  { ctx, input }: { ctx: ServiceContext; input: AddInstance },
): Promise<RegisteredInstance> {
  requireScope(ctx, 'admin');
  const id = await insertInstance(deps.database, { ...input, url: toInstanceUrl(input.url) });
  if (id === null) {
    throw new AppError('instance_exists', 'An instance with this address is in the pool already.');
  }
  return getInstance(deps, { ctx, id });
}
