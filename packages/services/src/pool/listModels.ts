import { listCapabilities, type Database } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** A model file of the pool. */
export interface PoolModel {
  folder: string;
  name: string;
  /** The instances that have it. */
  instances: string[];
}

/** The models of the pool by folder and name, and when the instance seen longest ago was seen; null while none was. */
export async function listModels(
  deps: { database: Database },
  ctx: ServiceContext,
): Promise<{ models: PoolModel[]; seenAt: Date | null }> {
  requireScope(ctx, 'generations:read');
  const capabilities = await listCapabilities(deps.database);
  const models = new Map<string, PoolModel>();
  for (const { id, models: folders } of capabilities) {
    for (const [folder, names] of Object.entries(folders)) {
      for (const name of names) {
        const key = `${folder}/${name}`;
        const model = models.get(key) ?? { folder, name, instances: [] };
        model.instances.push(id);
        models.set(key, model);
      }
    }
  }
  const seen = capabilities.map(({ seenAt }) => seenAt.getTime());
  return {
    models: [...models].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, model]) => model),
    seenAt: seen.length > 0 ? new Date(Math.min(...seen)) : null,
  };
}
