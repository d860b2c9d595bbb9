import type { GenerationState } from '@avatarforge/core';
import type { Database } from './database';

/** A batch as it stands in the database. */
export interface BatchRecord {
  id: string;
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  createdAt: Date;
  finishedAt: Date | null;
  /** In the order in which they were asked for, without those that were deleted. */
  generations: { id: string; status: GenerationState }[];
}

/** The owner's batch, or null. */
export async function findBatch(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<BatchRecord | null> {
  const [batch] = await db.query<BatchRecord & { [column: string]: unknown }>(
    `SELECT id, total, completed, failed, cancelled, created_at AS "createdAt", finished_at AS "finishedAt",
         coalesce((SELECT jsonb_agg(jsonb_build_object('id', g.id, 'status', g.status) ORDER BY g.id)
           FROM generations g WHERE g.batch_id = batches.id AND g.deleted_at IS NULL), '[]') AS generations
       FROM batches WHERE id = $1 AND owner_id = $2`,
    [id, ownerId],
  );
  return batch ?? null;
}

/** The batch of this generation; null when it is part of none. */
export async function findBatchOf(db: Database, generationId: string): Promise<string | null> {
  const [found] = await db.query<{ id: string | null }>(
    'SELECT batch_id AS id FROM generations WHERE id = $1',
    [generationId],
  );
  return found?.id ?? null;
}
