import { findPromptsToTakeBack, requestTakeback, type Database } from '@avatarforge/db';
import type { Scheduler } from '../scheduling/scheduler';

/** Handing over takes up to two seconds; below this it gains nothing. */
const MIN_GAIN_MS = 3000;

/**
 * For an idle instance: asks the driver of another one for a prompt that waits there and could begin here sooner. Returns the
 * attempt that was asked for, or null.
 */
export async function askForTakeback(
  database: Database,
  scheduler: Scheduler,
  instanceId: string,
): Promise<string | null> {
  const prompts = await findPromptsToTakeBack(database, instanceId);
  const [best] = prompts
    .filter(({ requirement }) => scheduler.canRun(instanceId, requirement))
    .map((prompt) => ({
      ...prompt,
      gain: prompt.waitMs - scheduler.loadMs(instanceId, prompt.lane),
    }))
    .toSorted((a, b) => b.gain - a.gain);
  if (!best || best.gain < MIN_GAIN_MS) return null;
  const { attemptId } = best;
  return (await requestTakeback(database, { attemptId, instanceId })) ? attemptId : null;
}
