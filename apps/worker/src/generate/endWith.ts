import type { ComfyFailure } from '@avatarforge/comfy';
import type { EndReason } from '@avatarforge/core';
import { endAttempt } from '@avatarforge/db';
import type { DrivenAttempt, Session } from './session';

/** Ends the attempt for `reason`; what becomes of the shot is decided by the rules of packages/core. */
export async function endWith(
  { database, held, log }: Session,
  { attemptId }: DrivenAttempt,
  reason: EndReason,
  detail?: string,
): Promise<void> {
  const { epoch } = held.lease;
  const shot = await endAttempt(database, {
    id: attemptId,
    epoch,
    reason,
    ...(detail && { detail }),
  });
  log.info({ attempt_id: attemptId, reason, detail, shot_status: shot }, 'attempt ended');
}

const REASONS = {
  out_of_memory: 'out_of_memory',
  missing_model: 'missing_model',
  missing_node: 'missing_node',
  node_error: 'node_error',
  validation: 'rejected',
  invalid: 'rejected',
} as const satisfies Record<ComfyFailure['kind'], EndReason>;

/** Ends the attempt for what ComfyUI said was wrong. */
export function endForFailure(
  session: Session,
  attempt: DrivenAttempt,
  failure: ComfyFailure,
): Promise<void> {
  return endWith(session, attempt, REASONS[failure.kind], describe(failure));
}

function describe({ nodeId, nodeType, field, message, nearest }: ComfyFailure): string {
  const at = [nodeId && `node ${nodeId}`, nodeType && `(${nodeType})`, field]
    .filter(Boolean)
    .join(' ');
  const hint = nearest.length > 0 ? ` Nearest: ${nearest.join(', ')}.` : '';
  return `${at && `${at}: `}${message}${hint}`;
}
