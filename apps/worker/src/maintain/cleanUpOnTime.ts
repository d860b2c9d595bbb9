import { claimScheduled, deleteOldCallbacks, finishScheduled } from '@avatarforge/db';
import type { Logger } from '@avatarforge/runtime';
import { cleanUp, type CleanUpDeps } from '@avatarforge/services';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Whoever began and died is followed by another after this long. */
const RETRY_MS = 15 * MINUTE_MS;

/** How files are kept in order. */
export interface CleanUpPolicy {
  /** Files that no generation needs go when nobody used them for so many days; 0: never. */
  orphanDays: number;
  /** Only says what it would delete. */
  isDryRun: boolean;
}

/**
 * Cleans up what is due, of all workers in one: often what was deleted, so that its bytes go; once a day the orphans.
 * When it is due stands in Postgres.
 */
export async function cleanUpOnTime(
  deps: CleanUpDeps & { log: Logger },
  { orphanDays, isDryRun }: CleanUpPolicy,
): Promise<void> {
  const orphans = orphanDays > 0 ? { days: orphanDays } : {};
  const jobs = [
    { name: 'files.tidy', everyMs: 10 * MINUTE_MS, input: {} },
    { name: 'files.cleanup', everyMs: DAY_MS, input: orphans },
  ];
  for (const { name, everyMs, input } of jobs) {
    if (!(await claimScheduled(deps.database, name, RETRY_MS))) continue;
    const report = await cleanUp(deps, { ...input, scan_storage: false, dry_run: isDryRun });
    await finishScheduled(deps.database, name, everyMs);
    deps.log.info({ job: name, ...report }, 'cleaned up');
  }
  await forgetCallbacks(deps);
}

/** What was told long ago is forgotten, whatever is said of files: it only takes room. */
async function forgetCallbacks({ database, log }: CleanUpDeps & { log: Logger }): Promise<void> {
  const name = 'callbacks.forget';
  if (!(await claimScheduled(database, name, RETRY_MS))) return;
  const deleted = await deleteOldCallbacks(database);
  await finishScheduled(database, name, 10 * MINUTE_MS);
  log.info({ job: name, deleted }, 'cleaned up');
}
