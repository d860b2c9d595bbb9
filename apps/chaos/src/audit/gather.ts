import type { Database } from '@avatarforge/db';
import type { ObjectStorage } from '@avatarforge/storage';
import type { AttemptRow, Evidence, GenerationRow, OutputRow, ShotRow } from './evidence';

/** What Postgres and storage say. */
export type Testimony = Pick<
  Evidence,
  'generations' | 'shots' | 'attempts' | 'outputs' | 'fileKeys' | 'knownKeys' | 'objects'
>;

/** Reads everything that is there, by plain statements. To be asked when nothing changes any more. */
export async function gather(database: Database, storage: ObjectStorage): Promise<Testimony> {
  const generations = await database.query<GenerationRow>(
    `SELECT g.id, g.owner_id, g.status, g.error_code, g.shots_total, g.shots_done, k.key
       FROM generations g LEFT JOIN idempotency_keys k ON k.generation_id = g.id`,
  );
  const shots = await database.query<ShotRow>(
    'SELECT id, generation_id, ordinal, status FROM shots',
  );
  const attempts = await database.query<AttemptRow>(
    `SELECT id, shot_id, instance_id, state, end_reason,
            (extract(epoch FROM dispatched_at) * 1000)::float8 AS dispatched_at,
            (extract(epoch FROM started_at) * 1000)::float8 AS started_at,
            (extract(epoch FROM ended_at) * 1000)::float8 AS ended_at
       FROM attempts`,
  );
  const outputs = await database.query<OutputRow>(
    `SELECT o.shot_id, o.ordinal, o.generation_id, o.file_id, b.object_key,
            coalesce(b.stored_size, b.size) AS size
       FROM generation_outputs o
       LEFT JOIN files f ON f.id = o.file_id LEFT JOIN blobs b ON b.sha256 = f.sha256`,
  );
  const files = await database.query<{ id: string; object_key: string }>(
    'SELECT f.id, b.object_key FROM files f JOIN blobs b ON b.sha256 = f.sha256',
  );
  const known = await database.query<{ object_key: string }>(
    'SELECT object_key FROM blobs UNION SELECT object_key FROM loose_objects',
  );
  return {
    ...{ generations, shots, attempts, outputs },
    fileKeys: new Map(files.map(({ id, object_key }) => [id, object_key])),
    knownKeys: new Set(known.map(({ object_key }) => object_key)),
    objects: await listObjects(storage),
  };
}

async function listObjects(storage: ObjectStorage): Promise<Map<string, number>> {
  const objects = new Map<string, number>();
  for await (const { key, size } of storage.list('')) objects.set(key, size);
  return objects;
}
