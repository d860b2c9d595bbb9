import type { EndReason, Trouble } from '@avatarforge/core';
import type { FollowResult } from './follow';

const TROUBLES: Partial<Record<EndReason, Trouble>> = {
  instance_lost: 'died',
  hang: 'hung',
  cancel_ignored: 'cancel_ignored',
};

/** What the end of a prompt says against its instance; null: nothing. */
export function troubleOf(result: FollowResult): Trouble | null {
  if (result.outcome === 'lost') return TROUBLES[result.reason] ?? null;
  const isBroken = result.outcome === 'error' && result.failure.kind === 'device_error';
  return isBroken ? 'device_error' : null;
}
