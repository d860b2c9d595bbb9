import { ComfyUnavailableError, type CancelResult } from '@avatarforge/comfy';
import type { EndReason } from '@avatarforge/core';
import type { Session } from './session';
import type { Sighting } from './watchdog';
import type { WatchedPrompt } from './watchedPrompt';

/** ComfyUI stops between two nodes or two steps. Whoever cancelled is not kept waiting longer for a node that stops at neither. */
const STOP_MS = 10_000;
/** For a call about a cancelled prompt: one without an answer is not to use up that time. */
export const CANCEL_CALL_MS = 3000;
/** An interrupt can come between two prompts and hit neither: it is repeated when it had no effect for so long. */
const ASK_AGAIN_MS = 3000;

/** Has ComfyUI stop a cancelled prompt, and decides when that is over. It has no clock of its own. */
export class Cancellation {
  /** What ComfyUI made of it; null until it has been asked. */
  private answer: CancelResult | null = null;
  private askedAt = -Infinity;

  constructor(private readonly prompt: WatchedPrompt) {}

  /** Asks for it, and again when it is still there after a while; what it comes to is for the next look to tell. */
  async ask(
    { comfy, held, log }: Pick<Session, 'comfy' | 'held' | 'log'>,
    { state, at }: Pick<Sighting, 'state' | 'at'>,
  ): Promise<void> {
    const { attemptId, wake } = this.prompt;
    const isThere = state === 'pending' || state === 'running';
    const isDue = this.answer === null || at - this.askedAt >= ASK_AGAIN_MS;
    if (!isThere || !isDue || !held.isHeld()) return;
    try {
      const call = { signal: held.signal, timeoutMs: CANCEL_CALL_MS };
      const answer = await comfy.cancel(attemptId, call);
      log.info({ attempt_id: attemptId, result: answer }, 'prompt cancelled');
      if (answer === 'not_there') return;
      this.answer = answer;
      this.askedAt = at;
      if (answer === 'cancelled') wake.now();
    } catch (error) {
      if (!(error instanceof ComfyUnavailableError)) throw error;
      log.warn({ attempt_id: attemptId, err: error }, 'prompt could not be cancelled yet');
    }
  }

  /** Why a cancelled prompt is to be waited for no longer, null to go on. `lost`: what the watchdog says. */
  judge({ state, at }: Sighting, lost: EndReason | null): EndReason | null {
    const { cancelledAt } = this.prompt;
    if (cancelledAt === null || lost === 'hang') return lost;
    const wasTakenOut = state === 'absent' && this.answer === 'cancelled';
    if (wasTakenOut || lost !== null) return 'cancelled';
    return at - cancelledAt >= STOP_MS ? 'cancel_ignored' : null;
  }
}
