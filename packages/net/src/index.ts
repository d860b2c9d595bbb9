export { parseAllowList, type AllowList } from './allowList';
export type { OutboundHead, Resolve } from './hop';
export {
  createOutbound,
  type Outbound,
  type OutboundAnswer,
  type OutboundOptions,
  type OutboundRequest,
  type Receive,
} from './outbound';
export { OutboundError, type OutboundErrorCode } from './outboundError';
