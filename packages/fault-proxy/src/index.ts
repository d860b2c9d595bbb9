export { openFaultProxy, type FaultProxy } from './faultProxy';
