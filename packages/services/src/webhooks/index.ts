export { createEndpoint } from './createEndpoint';
export { deleteEndpoint } from './deleteEndpoint';
export {
  getEndpointSecret,
  rotateSecret,
  toEndpointSecret,
  type EndpointSecret,
} from './endpointSecret';
export { getDelivery } from './getDelivery';
export { getEndpoint } from './getEndpoint';
export { listDeliveries } from './listDeliveries';
export { listEndpoints } from './listEndpoints';
export { pingEndpoint } from './pingEndpoint';
export { redeliver } from './redeliver';
export { replay } from './replay';
export { updateEndpoint } from './updateEndpoint';
export type { EndpointDeps } from './webhookUrl';
