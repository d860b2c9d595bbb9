import type { OutputRef } from '@avatarforge/comfy';
import { markExecuted } from '@avatarforge/db';
import { endForFailure, endWith } from './endWith';
import type { FollowResult } from './follow';
import type { DrivenAttempt, Session } from './session';

/** Writes how a prompt ended. ComfyUI's history is deleted only after that is committed. */
export async function conclude(
  session: Session,
  attempt: DrivenAttempt,
  result: FollowResult,
): Promise<void> {
  switch (result.outcome) {
    case 'success':
      await concludeSuccess(session, attempt, result.outputs);
      break;
    case 'error':
      await endForFailure(session, attempt, result.failure);
      break;
    case 'interrupted':
      await endWith(session, attempt, 'evicted', 'Interrupted from outside.');
      break;
    case 'lost':
      await endWith(session, attempt, reasonOfLoss(result));
      return;
    default:
      throw new Error(`unknown outcome ${JSON.stringify(result satisfies never)}`);
  }
  if (session.held.isHeld()) {
    await session.comfy.deleteHistory(attempt.attemptId, { signal: session.held.signal });
  }
}

async function concludeSuccess(
  session: Session,
  attempt: DrivenAttempt,
  outputs: OutputRef[],
): Promise<void> {
  const manifest = outputs.filter((output) => output.kind === 'image');
  if (manifest.length === 0) {
    await endWith(session, attempt, 'no_outputs');
    return;
  }
  const { database, held, log } = session;
  const { epoch } = held.lease;
  const isOurs = await markExecuted(database, { id: attempt.attemptId, epoch, manifest });
  log.info(
    { attempt_id: attempt.attemptId, outputs: manifest.length, is_ours: isOurs },
    'attempt executed',
  );
  session.ringFinalize();
}

function reasonOfLoss({ isGone, isStarted }: { isGone: boolean; isStarted: boolean }) {
  if (!isStarted) return 'released';
  return isGone ? 'instance_lost' : 'evicted';
}
