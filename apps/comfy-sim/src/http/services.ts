import type { ExecutionLog } from '../execution/executionLog';
import type { Worker } from '../execution/worker';
import type { Faults } from '../faults/faults';
import type { Folders } from '../files/folders';
import type { ComfySimOptions } from '../options';
import type { VersionProfile } from '../profiles/versionProfile';
import type { PromptQueue } from '../queue/promptQueue';

/** What the routes work with. */
export interface HttpServices {
  readonly options: ComfySimOptions;
  readonly profile: VersionProfile;
  readonly folders: Folders;
  readonly queue: PromptQueue;
  readonly worker: Worker;
  readonly executions: ExecutionLog;
  readonly faults: Faults;
}
