import type { ComfyFailure } from '@avatarforge/comfy';
import type { EndReason } from '@avatarforge/core';
import { endAttempt, type AttemptEnd } from '@avatarforge/db';
import type { DrivenAttempt, Session } from './session';

/** Ends the attempt for `reason`; what becomes of the shot is decided by the rules of packages/core. */
export async function endWith(
  { database, held, log, relayEvents }: Session,
  { attemptId }: DrivenAttempt,
  reason: EndReason,
  known: Pick<AttemptEnd, 'detail' | 'gpuMs'> = {},
): Promise<void> {
  const { epoch } = held.lease;
  const shot = await endAttempt(database, { id: attemptId, epoch, reason, ...known });
  relayEvents();
  const { detail } = known;
  log.info({ attempt_id: attemptId, reason, detail, shot_status: shot }, 'attempt ended');
}

/** The end of an attempt for each kind of no that ComfyUI says. */
export const FAILURE_REASONS = {
  out_of_memory: 'out_of_memory',
  missing_model: 'missing_model',
  missing_node: 'missing_node',
  node_error: 'node_error',
  device_error: 'device_error',
  disk_full: 'disk_full',
  validation: 'rejected',
  invalid: 'rejected',
} as const satisfies Record<ComfyFailure['kind'], EndReason>;

/** Ends the attempt for what ComfyUI said was wrong. */
export function endForFailure(
  session: Session,
  attempt: DrivenAttempt,
  { failure, runMs }: { failure: ComfyFailure; runMs: number | null },
): Promise<void> {
  const reason = FAILURE_REASONS[failure.kind];
  // It was thought to have what this graph needs.
  if (reason === 'missing_model' || reason === 'missing_node') session.relearn.now();
  const gpuMs = runMs === null ? {} : { gpuMs: Math.round(runMs) };
  return endWith(session, attempt, reason, { detail: describe(failure), ...gpuMs });
}

function describe({ nodeId, nodeType, field, message, nearest }: ComfyFailure): string {
  const at = [nodeId && `node ${nodeId}`, nodeType && `(${nodeType})`, field]
    .filter(Boolean)
    .join(' ');
  const hint = nearest.length > 0 ? ` Nearest: ${nearest.join(', ')}.` : '';
  return `${at && `${at}: `}${message}${hint}`;
}
