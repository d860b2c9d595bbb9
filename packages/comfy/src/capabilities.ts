/** What a ComfyUI of some version can do. */
export interface Capabilities {
  /** A prompt gets the id that it is submitted under; older ones make an id of their own. */
  keepsPromptId: boolean;
  /** There is `/api/features`. */
  hasFeatures: boolean;
  /** There is `/api/jobs/{id}`. */
  hasJobs: boolean;
  /** There is `/api/jobs/{id}/cancel`. */
  hasCancel: boolean;
  /** An interrupt hits only the prompt that it names; older ones stop whatever runs. */
  canInterruptById: boolean;
  /** `solo`: too old to hold more than one prompt of ours, or to be interrupted. */
  membership: 'full' | 'solo';
}

/** The oldest ComfyUI that is a full member of a pool. */
export const FULL_MEMBER_SINCE = '0.3.57';

/**
 * What a ComfyUI of `version` (`system.comfyui_version`, such as `0.3.64`) can do. A version that is
 * not known or not understood is taken for the newest.
 */
export function capabilitiesOf(version: string | null): Capabilities {
  const numbers = parse(version ?? '');
  const isSince = (since: string) => !numbers || compare(numbers, parse(since) ?? []) >= 0;
  return {
    keepsPromptId: isSince('0.3.45'),
    hasFeatures: isSince('0.3.45'),
    hasJobs: isSince('0.6.0'),
    hasCancel: isSince('0.26.0'),
    canInterruptById: isSince('0.3.57'),
    membership: isSince(FULL_MEMBER_SINCE) ? 'full' : 'solo',
  };
}

const VERSION = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?!\d)/;

function parse(version: string): number[] | null {
  return (
    VERSION.exec(version)
      ?.slice(1)
      .map((part: string | undefined) => Number(part ?? 0)) ?? null
  );
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
