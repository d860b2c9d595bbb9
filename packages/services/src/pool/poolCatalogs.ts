import { findCatalog, listCatalogs, type Database } from '@avatarforge/db';
import type { NodeCatalog, PoolCatalog } from '@avatarforge/workflows';

/** What the pool can run, as workers last saw it. */
export interface PoolCatalogs {
  /** One for all instances with the same node classes; none while nothing is known. */
  load(): Promise<PoolCatalog[]>;
}

/** Catalogs are megabytes and change rarely: each is read from Postgres once and kept while an instance has it. */
export function createPoolCatalogs(deps: { database: Database }): PoolCatalogs {
  let kept = new Map<string, NodeCatalog>();
  return {
    async load() {
      const listed = await listCatalogs(deps.database);
      const hashes = [...new Set(listed.map(({ catalogHash }) => catalogHash))];
      const found = await Promise.all(
        hashes.map(
          async (hash) =>
            [hash, kept.get(hash) ?? (await findCatalog(deps.database, hash))] as const,
        ),
      );
      kept = new Map(found.flatMap(([hash, catalog]) => (catalog ? [[hash, catalog]] : [])));
      return [...kept].map(([hash, catalog]) => ({
        catalog,
        instances: listed.filter((seen) => seen.catalogHash === hash).map(({ id }) => id),
      }));
    },
  };
}
