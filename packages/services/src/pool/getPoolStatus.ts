import { countWorkers, listInstances, type Database, type InstanceRecord } from '@avatarforge/db';

/** A worker not heard of for this long is not counted. */
export const WORKER_SILENCE_MS = 5000;

/** The pool, as workers last saw it. */
export interface PoolStatus {
  workers: number;
  instances: InstanceRecord[];
}

/** How many workers live, and the instances with their health. */
export async function getPoolStatus(deps: { database: Database }): Promise<PoolStatus> {
  const [workers, instances] = await Promise.all([
    countWorkers(deps.database, WORKER_SILENCE_MS),
    listInstances(deps.database),
  ]);
  return { workers, instances };
}
