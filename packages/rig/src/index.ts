export {
  startApi,
  startComfySim,
  startProgram,
  type ProgramName,
  type ProgramOptions,
  type ServingProgram,
  type Surroundings,
} from './programs';
export { ROOT, startServers, type Servers, type ServersOptions } from './servers';
