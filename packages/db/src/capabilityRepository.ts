import type { Database } from './database';

/** Names of model files, by the folder ComfyUI lists them under, such as `checkpoints`. */
export type ModelFolders = Record<string, string[]>;

/** What a driver learned of what its instance can run. */
export interface SeenCapabilities {
  id: string;
  epoch: string;
  /** SHA-256 of `definitions`. */
  catalogHash: string;
  /** What the instance answers to `/object_info`, as text. Not sent where the hash is known. */
  definitions: string;
  models: ModelFolders;
}

/** What an instance can run, as a worker last saw it. */
export interface InstanceCapabilities {
  id: string;
  catalogHash: string;
  models: ModelFolders;
  seenAt: Date;
}

/** Writes what an instance can run; nothing when the lease has moved on. Catalogs that no instance has any more go. */
export async function saveCapabilities(db: Database, seen: SeenCapabilities): Promise<void> {
  const { id, epoch, catalogHash, definitions, models } = seen;
  const known = await db.query(
    'UPDATE node_catalogs SET seen_at = now() WHERE hash = $1 RETURNING hash',
    [catalogHash],
  );
  if (known.length === 0) {
    await db.query(
      'INSERT INTO node_catalogs (hash, definitions) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [catalogHash, definitions],
    );
  }
  await db.query(
    `UPDATE instances i SET catalog_hash = $3, models = $4, capabilities_seen_at = now()
       FROM instance_leases l WHERE i.id = $1 AND l.instance_id = i.id AND l.epoch = $2`,
    [id, epoch, catalogHash, JSON.stringify(models)],
  );
  await db.query(
    `DELETE FROM node_catalogs c WHERE seen_at < now() - interval '1 hour'
       AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.catalog_hash = c.hash)`,
  );
}

/** What the instances of the pool can run, the oldest first; those of which nothing is known yet are left out. */
export async function listCapabilities(db: Database): Promise<InstanceCapabilities[]> {
  return db.query(
    `SELECT id, catalog_hash AS "catalogHash", models, capabilities_seen_at AS "seenAt"
       FROM instances WHERE removed_at IS NULL AND catalog_hash IS NOT NULL ORDER BY created_at, url`,
  );
}

/** Which catalog each instance of the pool has, the oldest first: what every request asks, so without the models. */
export async function listCatalogs(
  db: Database,
): Promise<Pick<InstanceCapabilities, 'id' | 'catalogHash'>[]> {
  return db.query(
    `SELECT id, catalog_hash AS "catalogHash"
       FROM instances WHERE removed_at IS NULL AND catalog_hash IS NOT NULL ORDER BY created_at, url`,
  );
}

/** The definitions of a catalog; null when no instance has it any more. */
export async function findCatalog(
  db: Database,
  hash: string,
): Promise<Record<string, unknown> | null> {
  const [row] = await db.query<{ definitions: Record<string, unknown> }>(
    'SELECT definitions FROM node_catalogs WHERE hash = $1',
    [hash],
  );
  return row?.definitions ?? null;
}
