import {
  AddInstance,
  CallbackSecret,
  Instance,
  InstancePage,
  InstanceParams,
  ListInstances,
  UpdateInstance,
} from '../instances';
import type { Operation } from '../operation';

/** All of it is for operators: addresses of instances are nobody else's business. */
const forOperators = { tag: 'Instances', scope: 'admin' } as const;

const bodyProblems = [
  'invalid_json',
  'validation_failed',
  'payload_too_large',
  'unsupported_media_type',
] as const;

/** Native v1: the ComfyUI instances of the pool. */
export const instanceOperations = {
  listInstances: {
    ...forOperators,
    method: 'get',
    path: '/v1/instances',
    summary: 'List the instances of the pool, newest first',
    description: 'One that was removed is listed until it has finished what it had.',
    query: ListInstances,
    status: 200,
    response: InstancePage,
    problems: ['validation_failed'],
  },
  addInstance: {
    ...forOperators,
    method: 'post',
    path: '/v1/instances',
    summary: 'Add an instance to the pool',
    description:
      'A worker takes it over within seconds; until then its health is `unknown`. One that was removed comes back ' +
      'under its former id, with the name and labels given now. The same address is added once: a second request ' +
      'is refused with `instance_exists`, and so no Idempotency-Key is needed.',
    body: AddInstance,
    status: 201,
    response: Instance,
    problems: ['instance_exists', ...bodyProblems],
  },
  getInstance: {
    ...forOperators,
    method: 'get',
    path: '/v1/instances/{id}',
    summary: 'Look at one instance',
    params: InstanceParams,
    status: 200,
    response: Instance,
    problems: ['not_found'],
  },
  updateInstance: {
    ...forOperators,
    method: 'patch',
    path: '/v1/instances/{id}',
    summary: 'Change the name or the labels of an instance',
    description: 'What is not sent stays as it is.',
    params: InstanceParams,
    body: UpdateInstance,
    status: 200,
    response: Instance,
    problems: ['not_found', ...bodyProblems],
  },
  drainInstance: {
    ...forOperators,
    method: 'post',
    path: '/v1/instances/{id}/drain',
    summary: 'Give an instance no new work',
    description:
      'What it has taken is drawn to its end. It stays so, over restarts too, until it is resumed.',
    params: InstanceParams,
    status: 200,
    response: Instance,
    problems: ['not_found'],
  },
  resumeInstance: {
    ...forOperators,
    method: 'post',
    path: '/v1/instances/{id}/resume',
    summary: 'Give an instance work again',
    description: 'Ends a drain. A quarantine ends by itself.',
    params: InstanceParams,
    status: 200,
    response: Instance,
    problems: ['not_found'],
  },
  rotateCallbackSecret: {
    ...forOperators,
    method: 'post',
    path: '/v1/instances/{id}/callback-secret',
    summary: 'Give an instance a secret to call back with',
    description: 'The one before is worth nothing from now on.',
    params: InstanceParams,
    status: 201,
    response: CallbackSecret,
    problems: ['not_found'],
  },
  callBack: {
    method: 'post',
    path: '/v1/instances/{id}/callback',
    tag: 'Instances',
    summary: 'Say that something happened on an instance',
    description:
      'For a node in ComfyUI, or a script beside it. A doorbell: whatever the body says, the instance is looked at ' +
      'now rather than a second later, and only what is seen there counts. Signed as Standard Webhooks has it, in the ' +
      'headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.',
    scope: null,
    params: InstanceParams,
    isSigned: true,
    status: 204,
    response: null,
    problems: ['bad_signature', 'payload_too_large'],
  },
  removeInstance: {
    ...forOperators,
    method: 'delete',
    path: '/v1/instances/{id}',
    summary: 'Take an instance out of the pool',
    description:
      'It gets no new work from now on. What it has taken is drawn to its end, and it is shown as `leaving` until ' +
      'then. One that stands in COMFYUI_URLS is refused with `instance_configured`: drain it, or take it out of the ' +
      'configuration.',
    params: InstanceParams,
    status: 204,
    response: null,
    problems: ['not_found', 'instance_configured'],
  },
} as const satisfies Record<string, Operation>;
