import type { Database } from './database';
import type { Lease } from './leaseRepository';

/**
 * What came of a cancel. `cancelled`: it is over. `requested`: it will be, as soon as its running shots are stopped.
 * `too_late`: all that is left of it is drawn already. `finished`: it was over before.
 */
export type CancelOutcome = 'cancelled' | 'requested' | 'too_late' | 'finished';

/** Cancels what can be cancelled of the owner's generation. Null when there is none. */
export async function cancelGeneration(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<CancelOutcome | null> {
  const [row] = await db.query<{ outcome: CancelOutcome | null }>(
    'SELECT cancel_generation($1, $2) AS outcome',
    [id, ownerId],
  );
  return row?.outcome ?? null;
}

/** What the driver of an attempt is to do with its prompt. */
export interface Order {
  instanceId: string;
  attemptId: string;
  /** `cancel`: nobody waits for it any more. `give_back`: another instance could begin it sooner. */
  order: 'cancel' | 'give_back';
}

/** The orders for open attempts on the instances of those `leases` that the worker still holds. */
export async function findOrders(
  db: Database,
  workerId: string,
  leases: Lease[],
): Promise<Order[]> {
  return db.query(
    `SELECT a.instance_id AS "instanceId", a.id AS "attemptId",
         CASE WHEN g.cancel_requested_at IS NOT NULL OR g.finished_at IS NOT NULL THEN 'cancel' ELSE 'give_back' END AS "order"
       FROM unnest($2::uuid[], $3::bigint[]) AS held(instance_id, epoch)
       JOIN instance_leases l ON l.instance_id = held.instance_id AND l.epoch = held.epoch AND l.worker_id = $1
       JOIN attempts a ON a.instance_id = l.instance_id AND a.state NOT IN ('executed', 'stored', 'ended')
       JOIN shots s ON s.id = a.shot_id
       JOIN generations g ON g.id = s.generation_id
       WHERE g.cancel_requested_at IS NOT NULL OR g.finished_at IS NOT NULL
         OR (a.takeback_for IS NOT NULL AND a.state <> 'started')`,
    [workerId, leases.map((l) => l.instanceId), leases.map((l) => l.epoch)],
  );
}
