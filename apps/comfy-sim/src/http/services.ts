import type { Worker } from '../execution/worker';
import type { Folders } from '../files/folders';
import type { ComfySimOptions } from '../options';
import type { VersionProfile } from '../profile';
import type { PromptQueue } from '../queue/promptQueue';

/** What the routes work with. */
export interface HttpServices {
  readonly options: ComfySimOptions;
  readonly profile: VersionProfile;
  readonly folders: Folders;
  readonly queue: PromptQueue;
  readonly worker: Worker;
}
