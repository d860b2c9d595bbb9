import type { Operation } from '../operation';
import { ModelList, ValidateWorkflow, WorkflowList, WorkflowValidation } from '../workflows';

/** Native v1: what the pool can draw. */
export const workflowOperations = {
  listWorkflows: {
    method: 'get',
    path: '/v1/workflows',
    tag: 'Workflows',
    summary: 'List the workflows, their inputs, and where they can run',
    scope: 'generations:read',
    status: 200,
    response: WorkflowList,
    problems: [],
  },
  validateWorkflow: {
    method: 'post',
    path: '/v1/workflows/validate',
    tag: 'Workflows',
    summary: 'Ask whether the pool can run this',
    description: 'Takes what `POST /v1/generations` takes, and draws nothing.',
    scope: 'generations:write',
    body: ValidateWorkflow,
    status: 200,
    response: WorkflowValidation,
    problems: [
      'invalid_json',
      'validation_failed',
      'unknown_file',
      'payload_too_large',
      'unsupported_media_type',
    ],
  },
  listModels: {
    method: 'get',
    path: '/v1/models',
    tag: 'Workflows',
    summary: 'List the models of the pool, and which instance has them',
    scope: 'generations:read',
    status: 200,
    response: ModelList,
    problems: [],
  },
} as const satisfies Record<string, Operation>;
