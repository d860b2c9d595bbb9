import type { Verdict } from '@avatarforge/comfy';
import { markExecuted } from '@avatarforge/db';
import { endForFailure, endWith } from './endWith';
import { isHung, type FollowResult } from './follow';
import type { DrivenAttempt, Session } from './session';
import { giveBack } from './takeback';
import type { WatchedPrompt } from './watchedPrompt';

/** More files than anybody wants of one graph: each is fetched, checked and stored. */
const MAX_OUTPUTS = 256;

/** Writes how a prompt ended. ComfyUI is made to forget what it has of it only after that is committed. */
export async function conclude(
  session: Session,
  attempt: DrivenAttempt,
  { prompt, result }: { prompt: WatchedPrompt; result: FollowResult },
): Promise<void> {
  switch (result.outcome) {
    case 'success':
      await concludeSuccess(session, attempt, result);
      break;
    case 'error':
      await concludeFailure(session, attempt, { prompt, result });
      break;
    case 'interrupted':
      if (prompt.isCancelled) await endWith(session, attempt, 'cancelled');
      else await endWith(session, attempt, 'evicted', { detail: 'Interrupted from outside.' });
      break;
    case 'given_back':
      await giveBack(session, attempt);
      return;
    case 'lost':
      // Somebody waits for its end, and nobody draws it elsewhere.
      if (prompt.isCancelled) {
        await endWith(session, attempt, result.reason);
        break;
      }
      // Out of the queue before the shot may be drawn elsewhere.
      await forget(session, prompt, result);
      await endWith(session, attempt, result.reason);
      return;
    default:
      throw new Error(`unknown outcome ${JSON.stringify(result satisfies never)}`);
  }
  await forget(session, prompt, result);
}

async function concludeFailure(
  session: Session,
  attempt: DrivenAttempt,
  { prompt, result }: { prompt: WatchedPrompt; result: Extract<Verdict, { outcome: 'error' }> },
): Promise<void> {
  const { kind } = result.failure;
  // Behind another prompt on a GPU that had failed already, it had no chance.
  const isInnocent = kind === 'device_error' && prompt.isStranded;
  if (isInnocent) await endWith(session, attempt, 'released', { gpuMs: 0 });
  else await endForFailure(session, attempt, result);
  if (kind === 'out_of_memory') await relieve(session);
}

/** What fills the memory of the instance is to make room for the next prompt. */
async function relieve({ comfy, held, log }: Session): Promise<void> {
  if (!held.isHeld()) return;
  try {
    await comfy.freeMemory({ signal: held.signal });
  } catch (error) {
    log.warn({ err: error }, 'memory could not be freed');
  }
}

async function concludeSuccess(
  session: Session,
  attempt: DrivenAttempt,
  { outputs: manifest, runMs: gpuMs }: Extract<Verdict, { outcome: 'success' }>,
): Promise<void> {
  if (manifest.length === 0) {
    await endWith(session, attempt, 'no_outputs');
    return;
  }
  if (manifest.length > MAX_OUTPUTS) {
    const detail = `It made ${manifest.length} files; at most ${MAX_OUTPUTS} are kept.`;
    await endWith(session, attempt, 'outputs_unusable', { detail });
    return;
  }
  const { database, held, log } = session;
  const { attemptId: id } = attempt;
  const state = await markExecuted(database, { id, epoch: held.lease.epoch, manifest, gpuMs });
  log.info({ attempt_id: id, outputs: manifest.length, state }, 'attempt executed');
  if (state === 'executed') session.ringFinalize();
  else session.relayEvents();
}

/** Leaves nothing of the prompt on the instance but its files; failing at that costs it some memory and nobody anything. */
async function forget(
  { comfy, held, log }: Session,
  { attemptId, promptId, isStranded }: WatchedPrompt,
  result: FollowResult,
): Promise<void> {
  if (!held.isHeld()) return;
  try {
    if (result.outcome !== 'lost') await comfy.deleteHistory(promptId, { signal: held.signal });
    else if (isHung(result) || isStranded) {
      const cancelled = await comfy.cancel(attemptId, { signal: held.signal });
      log.info({ attempt_id: attemptId, result: cancelled }, 'prompt cancelled');
    }
  } catch (error) {
    log.warn({ attempt_id: attemptId, err: error }, 'instance could not be tidied up');
  }
}
