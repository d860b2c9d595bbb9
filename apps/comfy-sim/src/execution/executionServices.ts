import type { Clock } from '../clock';
import type { Folders } from '../files/folders';
import type { ComfySimOptions } from '../options';
import type { VersionProfile } from '../profiles/versionProfile';
import type { SocketHub } from '../socket/hub';
import type { Faults } from '../faults/faults';
import type { ExecutionLog } from './executionLog';
import type { ModelMemory } from './modelMemory';
import type { ResultCache } from './resultCache';

/** What outlives a single prompt. */
export interface ExecutionServices {
  readonly options: ComfySimOptions;
  readonly folders: Folders;
  readonly hub: SocketHub;
  readonly models: ModelMemory;
  readonly cache: ResultCache;
  readonly executions: ExecutionLog;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly profile: VersionProfile;
}
