import { DEFAULT_CLASS } from '@avatarforge/core';
import {
  endAttempt,
  findAbandonedAttempts,
  findWaitingShots,
  runSingle,
  type Database,
} from '@avatarforge/db';
import type { TicketBell } from '@avatarforge/queue';

const BATCH = 200;

/** What the reconciler works with. */
export interface ReconcileDeps {
  database: Database;
  bell: TicketBell;
}

/**
 * Repairs what got lost, from Postgres alone; one process at a time does it. Shots whose tickets are gone are rung
 * again, and attempts on instances that left the pool are ended.
 */
export async function reconcile({ database, bell }: ReconcileDeps): Promise<void> {
  let waiting: { shotId: string; tries: number }[] = [];
  await runSingle(database, 'reconcile', async (query) => {
    for (const { isStarted, ...attempt } of await findAbandonedAttempts(query, BATCH)) {
      const reason = isStarted ? 'instance_lost' : 'released';
      await endAttempt(database, { ...attempt, reason, detail: 'The instance left the pool.' });
    }
    waiting = await findWaitingShots(query, BATCH);
  });
  if (waiting.length > 0 && (await bell.waiting(DEFAULT_CLASS)) === 0) {
    await bell.ring(waiting.map((shot) => ({ ...shot, instanceClass: DEFAULT_CLASS })));
  }
}
