import type { Folders } from '../files/folders';
import type { ComfySimOptions } from '../options';
import type { SocketHub } from '../socket/hub';
import type { ModelMemory } from './modelMemory';
import type { ResultCache } from './resultCache';

/** What outlives a single prompt. */
export interface ExecutionServices {
  readonly options: ComfySimOptions;
  readonly folders: Folders;
  readonly hub: SocketHub;
  readonly models: ModelMemory;
  readonly cache: ResultCache;
  /** Lets time pass; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}
