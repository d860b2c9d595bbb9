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
  if (result.outcome !== 'error') return null;
  const { kind } = result.failure;
  return kind === 'device_error' || kind === 'disk_full' ? kind : null;
}
