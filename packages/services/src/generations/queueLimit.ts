import { RetryLaterError } from '@avatarforge/core';
import { countUnfinishedShots, type Database } from '@avatarforge/db';
import type { Outlooks } from './outlook';

/** What the limit is held by. */
export interface QueueLimitDeps {
  database: Database;
  outlooks: Outlooks;
  /** Unfinished shots of an owner at which further requests are refused. */
  maxQueuedPerUser: number;
}

/** Seconds, where nothing is known of how fast the owner's shots are drawn. */
const USUAL_WAIT_S = 30;
const MIN_WAIT_S = 1;
const MAX_WAIT_S = 600;

/**
 * Throws {@link RetryLaterError} `queue_full` when the owner has as many unfinished shots as is allowed. A soft limit: a
 * request below it is taken as a whole, and requests in flight at once may pass it together; counting exactly would make
 * all requests of an owner wait for each other.
 */
export async function requireRoom(deps: QueueLimitDeps, ownerId: string): Promise<void> {
  const { database, outlooks, maxQueuedPerUser } = deps;
  const unfinished = await countUnfinishedShots(database, ownerId, maxQueuedPerUser);
  if (unfinished < maxQueuedPerUser) return;
  const paceMs = await outlooks.paceMs(ownerId);
  throw new RetryLaterError(
    'queue_full',
    `${unfinished} pictures of yours or more are unfinished, and no more are accepted until some are done.`,
    toWaitS(paceMs),
  );
}

function toWaitS(paceMs: number | null): number {
  if (paceMs === null) return USUAL_WAIT_S;
  return Math.min(MAX_WAIT_S, Math.max(MIN_WAIT_S, Math.ceil(paceMs / 1000)));
}
