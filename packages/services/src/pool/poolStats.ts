import {
  countWorkers,
  measureStorage,
  readPoolUse,
  readQueueDepth,
  type Database,
  type LaneDepth,
  type PoolUse,
  type StorageUse,
} from '@avatarforge/db';
import { cached } from '../cached';
import { requireScope, type ServiceContext } from '../context';
import { WORKER_SILENCE_MS } from './getPoolStatus';

const POOL_CACHE_MS = 2000;
const STORAGE_CACHE_MS = 60_000;

/** What waits, what draws, and what is stored. */
export interface PoolStats {
  lanes: LaneDepth[];
  /** Shots given to an instance and not stored yet. */
  active: number;
  /** More wait than are counted. */
  isCapped: boolean;
  workers: number;
  use: PoolUse;
  storage: StorageUse;
}

/** A function that gives the stats to operators, however often they ask: the queue is counted every two seconds, storage every minute. */
export function createPoolStats({
  database,
}: {
  database: Database;
}): (ctx: ServiceContext) => Promise<PoolStats> {
  const readPool = cached(POOL_CACHE_MS, () =>
    Promise.all([
      readQueueDepth(database),
      readPoolUse(database),
      countWorkers(database, WORKER_SILENCE_MS),
    ]),
  );
  const readStorage = cached(STORAGE_CACHE_MS, () => measureStorage(database));
  return async (ctx) => {
    requireScope(ctx, 'admin');
    const [[queue, use, workers], storage] = await Promise.all([readPool(), readStorage()]);
    return { ...queue, use, workers, storage };
  };
}
