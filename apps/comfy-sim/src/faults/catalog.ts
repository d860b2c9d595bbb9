import { fileFaults } from './kinds/fileFaults';
import { httpFaults } from './kinds/httpFaults';
import { modelFaults } from './kinds/modelFaults';
import { nodeFaults } from './kinds/nodeFaults';
import { runFaults } from './kinds/runFaults';
import { serverFaults } from './kinds/serverFaults';
import { socketFaults } from './kinds/socketFaults';

/** Every kind of fault there is, by name. */
export const faultKinds = {
  ...nodeFaults,
  ...modelFaults,
  ...runFaults,
  ...serverFaults,
  ...httpFaults,
  ...fileFaults,
  ...socketFaults,
};

export type FaultKindName = keyof typeof faultKinds;

export function isFaultKindName(name: string): name is FaultKindName {
  return Object.hasOwn(faultKinds, name);
}
