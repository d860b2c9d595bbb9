import { waitUntil } from '@avatarforge/embedded';
import type { Database } from '@avatarforge/db';
import type { Installation } from './installation';

const DONE_MS = 8 * 60_000;
const TOLD_MS = 3 * 60_000;
const LOOK_MS = 1000;

const OPEN = `SELECT id::text FROM generations WHERE finished_at IS NULL`;
const UNTOLD = `SELECT id::text FROM outbox UNION ALL SELECT id::text FROM deliveries WHERE status = 'pending'`;

/**
 * Waits until every generation has ended and every webhook was taken. What waits for its next try by the schedule of
 * hours is told that its time has come. What is still open when the patience is over is for the audit to find.
 */
export async function settle(
  { servers: { database } }: Installation,
  say: (line: string) => void,
): Promise<void> {
  const isDone = await waitUntil(() => isNone(database, OPEN), {
    ...{ timeoutMs: DONE_MS, everyMs: LOOK_MS },
  });
  say(isDone ? 'every generation has ended' : 'some generations do not end');
  const isTold = await waitUntil(
    async () => {
      await database.query(`UPDATE deliveries SET next_at = now() WHERE status = 'pending'`);
      return isNone(database, UNTOLD);
    },
    { timeoutMs: TOLD_MS, everyMs: 5 * LOOK_MS },
  );
  say(isTold ? 'every webhook was taken' : 'some webhooks are not taken');
}

async function isNone(database: Database, text: string): Promise<boolean> {
  return (await database.query(`${text} LIMIT 1`)).length === 0;
}
