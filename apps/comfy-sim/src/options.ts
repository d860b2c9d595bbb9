/** How a simulator behaves. Times are in milliseconds. */
export interface ComfySimOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Folder that gets `input/`, `output/` and `temp/`. */
  readonly directory: string;
  /** Time one sampling step takes. */
  readonly stepMs: number;
  /** Time it takes to bring a checkpoint into memory. */
  readonly loadMs: number;
  /** How many checkpoints stay in memory, the most recently used ones. */
  readonly modelMemory: number;
  /** File names that `CheckpointLoaderSimple` offers. */
  readonly checkpoints: readonly string[];
  /** Time between the `execution_success` message and the history entry. */
  readonly historyGapMs: number;
}

export const defaultOptions: Omit<ComfySimOptions, 'directory'> = {
  host: '127.0.0.1',
  port: 8188,
  stepMs: 60,
  loadMs: 800,
  modelMemory: 2,
  checkpoints: ['realisticVisionV60B1_v51VAE.safetensors', 'anything-v5-PrtRE.safetensors'],
  historyGapMs: 20,
};
