import type { ComfyClient } from '@avatarforge/comfy';
import type { Database } from '@avatarforge/db';
import type { LiveChannel } from '@avatarforge/queue';
import type { Logger } from '@avatarforge/runtime';
import type { ObjectStorage } from '@avatarforge/storage';
import type { Wake } from '../wake';
import type { HeldLease } from './heldLease';

/** What is told live of work. */
export type WorkChannel = Pick<LiveChannel, 'publish' | 'publishPreview' | 'isViewed'>;

/** What every step of an attempt needs: one worker driving one instance under one lease. */
export interface Session {
  workerId: string;
  held: HeldLease;
  /** Made anew when it is known which version the instance has. */
  comfy: ComfyClient;
  database: Database;
  /** Marks what is ours on a ComfyUI that others use too. */
  deployment: string;
  storage: ObjectStorage;
  /** Tells those who watch. */
  channel: WorkChannel;
  log: Logger;
  /** Called when what is known of what the instance can run may no longer be so. */
  relearn: Wake;
  /** Tells finalizers that outputs wait. */
  ringFinalize: () => void;
  /** Tells those who are to be told of what just happened. Returns at once. */
  relayEvents: () => void;
}

/** An attempt that this session drives. */
export interface DrivenAttempt {
  attemptId: string;
  shotId: string;
  generationId: string;
  lane: string;
}
