import { ComfyUnavailableError, type Look, type Verdict } from '@avatarforge/comfy';
import type { EndReason } from '@avatarforge/core';
import { markStarted } from '@avatarforge/db';
import type { Session } from './session';
import type { WatchedPrompt } from './watchedPrompt';

/** The poll is the truth; socket events only make it happen sooner. */
const POLL_MS = 1000;
/** A prompt may be on its way from the kernel to ComfyUI, or from its queue to its history. */
const ABSENT_MS = 2000;
/** A server that refuses connections this long is gone, and with it queue and history: both are in its memory only. */
const REFUSED_MS = 10_000;
/** One that takes connections and does not answer may be busy, behind a slow proxy, or frozen for good. */
const SILENT_MS = 5 * 60_000;
/** The longest run there is. A thread of ComfyUI can die and leave its prompt running for ever. */
const MAX_RUN_MS = 60 * 60_000;

/** What became of a prompt: a verdict, or `lost` when there will be none. */
export type FollowResult = Verdict | { outcome: 'lost'; reason: EndReason };

/**
 * Follows a prompt to its end. Writes `started` when it is seen or heard to run.
 * Throws the reason of the lease's signal when the lease ends first.
 */
export async function follow(session: Session, prompt: WatchedPrompt): Promise<FollowResult> {
  const { signal } = session.held;
  const clocks = {
    absent: new Since(),
    refused: new Since(),
    silent: new Since(),
    run: new Since(),
  };
  let isSaved = false;
  for (;;) {
    const seen = await look(session, prompt.promptId);
    if (seen.state === 'finished') return seen.verdict;
    if (seen.state === 'running') prompt.hasStarted = true;
    if (seen.state === 'refused') prompt.wasCutOff = true;
    if (prompt.hasStarted && !isSaved) {
      await markStarted(session.database, prompt.promptId, session.held.lease.epoch);
      isSaved = true;
    }
    clocks.absent.note(seen.state === 'absent');
    clocks.refused.note(seen.state === 'refused');
    clocks.silent.note(seen.state === 'silent');
    clocks.run.note(prompt.hasStarted);
    const reason = reasonToGiveUp(prompt, clocks);
    if (reason) return { outcome: 'lost', reason };
    await prompt.wake.wait(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function reasonToGiveUp(
  { hasStarted, wasCutOff }: WatchedPrompt,
  clocks: { absent: Since; refused: Since; silent: Since; run: Since },
): EndReason | null {
  if (clocks.absent.lastedFor(ABSENT_MS)) {
    if (!hasStarted) return 'released';
    return wasCutOff ? 'instance_lost' : 'evicted';
  }
  if (clocks.refused.lastedFor(REFUSED_MS)) return hasStarted ? 'instance_lost' : 'released';
  if (clocks.silent.lastedFor(SILENT_MS)) return hasStarted ? 'hang' : 'released';
  return clocks.run.lastedFor(MAX_RUN_MS) ? 'hang' : null;
}

type Seen = Look | { state: 'refused' } | { state: 'silent' };

async function look({ comfy, held, log }: Session, promptId: string): Promise<Seen> {
  try {
    return await comfy.look(promptId, { signal: held.signal });
  } catch (error) {
    if (!(error instanceof ComfyUnavailableError)) throw error;
    log.debug({ attempt_id: promptId, err: error }, 'instance does not answer');
    return { state: error.reached ? 'silent' : 'refused' };
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
