import { ComfyUnavailableError, type Look, type Verdict } from '@avatarforge/comfy';
import { markStarted } from '@avatarforge/db';
import type { Session } from './session';
import type { Wake } from './wake';

/** The poll is the truth; socket events only make it happen sooner. */
const POLL_MS = 1000;
/** A prompt may be on its way from the kernel to ComfyUI, or from its queue to its history. */
const ABSENT_MS = 2000;
/** An instance that refuses connections this long has lost its queue and history: both are in its memory only. */
const GONE_MS = 10_000;

/** What became of a prompt: a verdict, or `lost` when ComfyUI no longer knows of it. */
export type FollowResult = Verdict | { outcome: 'lost'; isGone: boolean; isStarted: boolean };

/** A prompt to be followed. */
export interface Followed {
  attemptId: string;
  isStarted: boolean;
}

/**
 * Follows a prompt to its end, waking early at `wake`. Writes `started` when it is seen to run.
 * Throws the reason of the lease's signal when the lease ends first.
 */
export async function follow(
  session: Session,
  followed: Followed,
  wake: Wake,
): Promise<FollowResult> {
  const { signal } = session.held;
  let { isStarted } = followed;
  const absent = new Since();
  const unreachable = new Since();
  for (;;) {
    const seen = await look(session, followed.attemptId);
    absent.note(seen?.state === 'absent');
    unreachable.note(seen === null);
    if (seen?.state === 'finished') return seen.verdict;
    if (seen?.state === 'running' && !isStarted) {
      await markStarted(session.database, followed.attemptId, session.held.lease.epoch);
      isStarted = true;
    }
    if (absent.lastedFor(ABSENT_MS)) return { outcome: 'lost', isGone: false, isStarted };
    if (unreachable.lastedFor(GONE_MS)) return { outcome: 'lost', isGone: true, isStarted };
    await wake.wait(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

async function look({ comfy, held, log }: Session, promptId: string): Promise<Look | null> {
  try {
    return await comfy.look(promptId, { signal: held.signal });
  } catch (error) {
    if (!(error instanceof ComfyUnavailableError)) throw error;
    log.debug({ attempt_id: promptId, err: error }, 'instance does not answer');
    return null;
  }
}

/** For how long something has been so, without a break, by a monotonic clock. */
class Since {
  private at: number | null = null;

  note(isSo: boolean): void {
    if (!isSo) this.at = null;
    else this.at ??= performance.now();
  }

  lastedFor(ms: number): boolean {
    return this.at !== null && performance.now() - this.at >= ms;
  }
}
