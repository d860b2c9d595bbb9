import type { Pose } from '@avatarforge/contracts';
import type { AttemptState, Placement, ShotState } from '@avatarforge/core';
import type { Database } from './database';
import type { Position } from './generationRepository';

/** One try of a shot, with what came of it; `createdAt` is when it was claimed. */
export interface AttemptStory extends Position {
  ordinal: number;
  view: Pose | null;
  instanceId: string;
  instanceName: string | null;
  placement: Placement | null;
  isCold: boolean;
  /** Milliseconds that it was thought to take; 0: not known. */
  estMs: number;
  state: AttemptState;
  dispatchingAt: Date | null;
  dispatchedAt: Date | null;
  startedAt: Date | null;
  executedAt: Date | null;
  endedAt: Date | null;
  gpuMs: number | null;
  /** Null while it goes on and when it is stored. */
  endReason: string | null;
  endDetail: string | null;
  /** Of its shot, now. */
  shotStatus: ShotState;
  /** The shot was tried once more. */
  hasSuccessor: boolean;
}

/** The attempts of a generation's shots, oldest first, `limit` at most, from after `after` on. Null: the owner has no such generation. */
export async function listAttemptStories(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
  page: { limit: number; after?: Position | undefined },
): Promise<AttemptStory[] | null> {
  const [generation] = await db.query(
    'SELECT 1 FROM generations WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL',
    [id, ownerId],
  );
  if (!generation) return null;
  return db.query(
    `SELECT a.id, a.claimed_at AS "createdAt", s.ordinal, s.view, i.id AS "instanceId", i.name AS "instanceName",
         a.placement, a.is_cold AS "isCold", a.est_ms AS "estMs", a.state, a.dispatching_at AS "dispatchingAt",
         a.dispatched_at AS "dispatchedAt", a.started_at AS "startedAt", a.executed_at AS "executedAt",
         a.ended_at AS "endedAt", a.gpu_ms AS "gpuMs", a.end_reason AS "endReason", a.end_detail AS "endDetail",
         s.status AS "shotStatus",
         EXISTS (SELECT 1 FROM attempts b WHERE b.shot_id = a.shot_id AND (b.claimed_at, b.id) > (a.claimed_at, a.id))
           AS "hasSuccessor"
       FROM shots s JOIN attempts a ON a.shot_id = s.id JOIN instances i ON i.id = a.instance_id
       WHERE s.generation_id = $1 AND ($2::timestamptz IS NULL OR (a.claimed_at, a.id) > ($2, $3::uuid))
       ORDER BY a.claimed_at, a.id LIMIT $4`,
    [id, page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
  );
}
