import type { Fault } from './fault';
import { instanceFaults } from './instanceFaults';
import { linkFaults } from './linkFaults';
import { processFaults } from './processFaults';
import { receiverFaults } from './receiverFaults';
import { serverFaults } from './serverFaults';

export type { Fault, World } from './fault';

/** Every kind of fault there is. */
export const FAULTS: readonly Fault[] = [
  ...processFaults,
  ...serverFaults,
  ...linkFaults,
  ...instanceFaults,
  ...receiverFaults,
];
