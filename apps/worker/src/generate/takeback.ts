import { ComfyUnavailableError } from '@avatarforge/comfy';
import { giveBackAttempt } from '@avatarforge/db';
import type { DrivenAttempt, Session } from './session';
import type { WatchedPrompt } from './watchedPrompt';

/**
 * Takes a prompt that was seen to wait out of ComfyUI's queue. Never by cancelling it: that would stop one that began a
 * moment ago. ComfyUI does not say whether it did, so the next look tells: not there, it never began.
 */
export async function takeOut({ comfy, held, log }: Session, prompt: WatchedPrompt): Promise<void> {
  if (!held.isHeld()) return;
  try {
    await comfy.deleteQueued(prompt.promptId, { signal: held.signal });
    prompt.wasTakenOut = true;
    prompt.wake.now();
  } catch (error) {
    if (!(error instanceof ComfyUnavailableError)) throw error;
    log.warn({ attempt_id: prompt.attemptId, err: error }, 'prompt could not be taken out yet');
  }
}

/** Ends an attempt that never began, for the instance that asked for it. */
export async function giveBack(
  { database, held, log }: Session,
  { attemptId }: DrivenAttempt,
): Promise<void> {
  const { epoch } = held.lease;
  const shot = await giveBackAttempt(database, { id: attemptId, epoch });
  log.info({ attempt_id: attemptId, shot_status: shot }, 'attempt given back');
}
