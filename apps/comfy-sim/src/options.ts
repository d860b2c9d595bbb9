import { realClock, type Clock } from './clock';
import type { FaultRequest } from './faults/faultRequest';

/** What a simulator may have installed: ComfyUI's own nodes, nodes for tests, and three packs. */
export const nodePackNames = [
  'core',
  'lab',
  'ip-adapter',
  'controlnet-aux',
  'video-helper',
] as const;
export type NodePack = (typeof nodePackNames)[number];

/** The versions of ComfyUI a simulator can be, oldest first. */
export const comfyVersions = ['0.3.43', '0.3.64', '0.18.0', '0.33.0'] as const;
export type ComfyVersion = (typeof comfyVersions)[number];

/** What a server may draw previews with. */
export const previewMethods = ['none', 'auto', 'latent2rgb', 'taesd'] as const;
type PreviewMethod = (typeof previewMethods)[number];

/** How a simulator behaves. Times are in milliseconds. */
export interface ComfySimOptions {
  /** The ComfyUI whose protocol it speaks. */
  readonly version: ComfyVersion;
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Folder that gets `input/`, `output/` and `temp/`. */
  readonly directory: string;
  /** Time one sampling step takes. */
  readonly stepMs: number;
  /** Time it takes to bring a checkpoint or a diffusion model into memory. */
  readonly loadMs: number;
  /** The same for single files, by their names. */
  readonly loadMsByModel: Readonly<Record<string, number>>;
  /** How many of them stay in memory, the most recently used ones. */
  readonly modelMemory: number;
  /** File names that `CheckpointLoaderSimple` offers. */
  readonly checkpoints: readonly string[];
  /** Names of model files by folder; a folder left out has its ordinary files. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  /** Whose node classes there are. */
  readonly nodePacks: readonly NodePack[];
  /** Time between the `execution_success` message and the history entry. */
  readonly historyGapMs: number;
  /** Time between a prompt's way into the queue and the answer to its POST. */
  readonly responseDelayMs: number;
  /** Previews of steps that nobody asked for. */
  readonly previewMethod: PreviewMethod;
  /** ComfyUI's bug: when an old socket closes at last, the new one of the same client hears nothing more. */
  readonly oldSocketSilencesNew: boolean;
  /** Names in the order in which Python's sets hand them out; a real server draws it at every start. */
  readonly setOrder: readonly string[];
  readonly clock: Clock;
  /** A file that outlives the process and keeps what ran. */
  readonly journal?: string | undefined;
  /** What goes wrong from the start. */
  readonly faults: readonly FaultRequest[];
}

export const defaultOptions: Omit<ComfySimOptions, 'directory'> = {
  version: '0.33.0',
  host: '127.0.0.1',
  port: 8188,
  stepMs: 60,
  loadMs: 800,
  loadMsByModel: {},
  modelMemory: 2,
  checkpoints: [
    'realisticVisionV60B1_v51VAE.safetensors',
    'anything-v5-PrtRE.safetensors',
    'sd_xl_base_1.0.safetensors',
  ],
  models: {},
  nodePacks: nodePackNames,
  historyGapMs: 20,
  responseDelayMs: 0,
  previewMethod: 'none',
  oldSocketSilencesNew: true,
  setOrder: [],
  clock: realClock,
  faults: [],
};
