export {
  startApi,
  startComfySim,
  startProgram,
  untilServing,
  type ProgramName,
  type ProgramOptions,
  type ServingProgram,
  type Surroundings,
} from './programs';
export { noisePng, pngOf } from './png';
export { ROOT, startServers, type Servers, type ServersOptions } from './servers';
