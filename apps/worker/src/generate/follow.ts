import { ComfyUnavailableError, type Look, type Verdict } from '@avatarforge/comfy';
import type { EndReason } from '@avatarforge/core';
import { markStarted } from '@avatarforge/db';
import { CANCEL_CALL_MS, Cancellation } from './cancellation';
import type { Session } from './session';
import { takeOut } from './takeback';
import { Watchdog } from './watchdog';
import type { WatchedPrompt } from './watchedPrompt';

/** The poll is the truth; socket events only make it happen sooner. */
const POLL_MS = 1000;

/** What became of a prompt: a verdict, `lost` when there will be none, or `given_back` when it never began. */
export type FollowResult =
  Verdict | { outcome: 'lost'; reason: EndReason } | { outcome: 'given_back' };

/** Whether the instance goes on with a prompt that it should be done with. */
export function isHung(result: FollowResult): boolean {
  return result.outcome === 'lost' && ['hang', 'cancel_ignored'].includes(result.reason);
}

/**
 * Follows a prompt to its end, which is near when it is cancelled or given back. Writes `started` when it is seen or heard
 * to run.
 * `socketHeardAt` tells when the socket to the instance last gave a sign of life. Throws the reason of the lease's signal
 * when the lease ends first.
 */
export async function follow(
  session: Session,
  prompt: WatchedPrompt,
  socketHeardAt: () => number | null,
): Promise<FollowResult> {
  const { signal } = session.held;
  const watchdog = new Watchdog(prompt);
  const cancellation = new Cancellation(prompt);
  let isSaved = false;
  for (;;) {
    const seen = await look(session, prompt);
    if ('promptId' in seen) prompt.found(seen.promptId);
    if (seen.state === 'finished') return seen.verdict;
    if (seen.state === 'running') prompt.hasStarted = true;
    if (seen.state === 'refused') prompt.wasCutOff = true;
    if (prompt.hasStarted && !isSaved) {
      await markStarted(session.database, prompt.attemptId, session.held.lease.epoch);
      session.relayEvents();
      isSaved = true;
    }
    const { state } = seen;
    if (prompt.wasTakenOut && !prompt.hasStarted && state === 'absent')
      return { outcome: 'given_back' };
    const sighting = { state, at: performance.now(), socketHeardAt: socketHeardAt() };
    const reason = cancellation.judge(sighting, watchdog.judge(sighting));
    if (reason) return { outcome: 'lost', reason };
    if (prompt.isCancelled) await cancellation.ask(session, sighting);
    else if (prompt.isWantedElsewhere && state === 'pending') await takeOut(session, prompt);
    await prompt.wake.wait(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

type Seen = Look | { state: 'refused' } | { state: 'silent' };

async function look(
  { comfy, held, log }: Session,
  { attemptId, isCancelled }: WatchedPrompt,
): Promise<Seen> {
  const limits = isCancelled && { timeoutMs: CANCEL_CALL_MS };
  try {
    return await comfy.look(attemptId, { signal: held.signal, ...limits });
  } catch (error) {
    if (!(error instanceof ComfyUnavailableError)) throw error;
    log.debug({ attempt_id: attemptId, err: error }, 'instance does not answer');
    return { state: error.reached ? 'silent' : 'refused' };
  }
}
