import { ComfyUnavailableError, OutputTooLargeError } from '@avatarforge/comfy';
import { DependencyError, type EndReason } from '@avatarforge/core';
import type { FinalizeClaim } from '@avatarforge/db';
import { UnreadableOutputError } from '@avatarforge/services';
import { StorageUnavailableError } from '@avatarforge/storage';
import { OutputMissingError } from './toFetchedOutputs';

/** An output that is not there, or not whole, is looked for twice: it may be just being written. */
const MAX_MISSES = 2;
/**
 * With the waits between them more than a minute: as long as a restart of ComfyUI takes, whose files outlive it. After that
 * drawing again is quicker than waiting.
 */
const MAX_TRIES = 8;

/** What becomes of an attempt whose outputs could not be stored: `end`, or else another try. */
export interface Judgement {
  end: EndReason | null;
  /** An output was not there. */
  isMiss: boolean;
}

/** Our own database or storage being away is waited for without end: the pictures are safe where they are. */
export function judgeFailure(
  error: unknown,
  { tries, misses }: Pick<FinalizeClaim, 'tries' | 'misses'>,
): Judgement {
  if (error instanceof OutputMissingError || error instanceof UnreadableOutputError) {
    return { end: misses + 1 >= MAX_MISSES ? 'outputs_lost' : null, isMiss: true };
  }
  if (error instanceof OutputTooLargeError) return { end: 'outputs_unusable', isMiss: false };
  if (error instanceof DependencyError || error instanceof StorageUnavailableError) {
    return { end: null, isMiss: false };
  }
  const reason = error instanceof ComfyUnavailableError ? 'outputs_lost' : 'outputs_unusable';
  return { end: tries >= MAX_TRIES ? reason : null, isMiss: false };
}
