import { DEFAULT_CLASS } from '@avatarforge/core';
import {
  deleteDeadWorkers,
  endAttempt,
  failWaiting,
  findAbandonedAttempts,
  findWaitingShots,
  freeShotsOutOfMemory,
  freeShotsThatAvoidAll,
  readForecast,
  runSingle,
  type Database,
} from '@avatarforge/db';
import type { TicketBell } from '@avatarforge/queue';

const BATCH = 200;
/** What no instance can draw is waited for so long: somebody may install what it needs. */
const MAX_QUEUE_AGE_MS = 24 * 3_600_000;
/** What ran out of memory waits so long for a larger instance. */
const MEMORY_WAIT_MS = 10 * 60_000;
/** An older forecast says nothing about the pool as it is. */
const MAX_FORECAST_AGE_MS = 15_000;

/** What the reconciler works with. */
export interface ReconcileDeps {
  database: Database;
  bell: TicketBell;
}

/**
 * Repairs what got lost, from Postgres alone; one process at a time looks. Shots whose tickets are gone are rung again,
 * attempts on instances that left the pool are ended, shots that avoid all that is left are tried once more, and those that
 * nothing can run fail in the end.
 */
export async function reconcile({ database, bell }: ReconcileDeps): Promise<void> {
  const hasTickets = (await bell.waiting(DEFAULT_CLASS)) !== 0;
  const found = await runSingle(database, 'reconcile', async (query) => {
    await freeShotsThatAvoidAll(query);
    await freeShotsOutOfMemory(query, MEMORY_WAIT_MS);
    const requirements = await hopelessRequirements(query);
    await failWaiting(query, { requirements, maxAgeMs: MAX_QUEUE_AGE_MS, limit: BATCH });
    await deleteDeadWorkers(query);
    return {
      abandoned: await findAbandonedAttempts(query, BATCH),
      waiting: hasTickets ? [] : await findWaitingShots(query, BATCH),
    };
  });
  if (!found) return;
  await bell.ring(found.waiting.map((shot) => ({ ...shot, instanceClass: DEFAULT_CLASS })));
  for (const { isStarted, ...attempt } of found.abandoned) {
    const reason = isStarted ? 'instance_lost' : 'released';
    await endAttempt(database, { ...attempt, reason, detail: 'The instance left the pool.' });
  }
}

/** What waits for what no instance of the pool has, as far as is known. */
async function hopelessRequirements(query: Database['query']): Promise<string[]> {
  const found = await readForecast({ query });
  if (!found || found.ageMs > MAX_FORECAST_AGE_MS) return [];
  return found.forecast.needs.flatMap(({ requirement, able }) => (able === 0 ? [requirement] : []));
}
