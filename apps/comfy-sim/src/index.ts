export { createComfySim, type ComfySim } from './comfySim';
export type { Execution } from './execution/worker';
export { defaultOptions, type ComfySimOptions } from './options';
