import type { ComfyClient } from '@avatarforge/comfy';
import type { Database } from '@avatarforge/db';
import type { Logger } from '@avatarforge/runtime';
import type { ObjectStorage } from '@avatarforge/storage';
import type { HeldLease } from './heldLease';

/** What every step of an attempt needs: one worker driving one instance under one lease. */
export interface Session {
  workerId: string;
  held: HeldLease;
  comfy: ComfyClient;
  database: Database;
  storage: ObjectStorage;
  log: Logger;
  /** Tells finalizers that outputs wait. */
  ringFinalize: () => void;
}

/** An attempt that this session drives. */
export interface DrivenAttempt {
  attemptId: string;
  shotId: string;
  generationId: string;
}
