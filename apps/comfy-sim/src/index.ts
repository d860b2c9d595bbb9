export { createComfySim, type ComfySim, type Die } from './comfySim';
export type { Execution } from './execution/executionLog';
export type { FaultReport } from './faults/activeFault';
export { InvalidFault, type FaultRequest } from './faults/faultRequest';
export type { Faults } from './faults/faults';
export { defaultOptions, type ComfySimOptions } from './options';
