import { Batch, BatchParams, CreateBatch } from '../batches';
import type { Operation } from '../operation';
import { createProblems } from './generation';

/** Native v1: batches. */
export const batchOperations = {
  createBatch: {
    method: 'post',
    path: '/v1/batches',
    tag: 'Batches',
    summary: 'Ask for many generations at once',
    description:
      'All of them are accepted, or none: where one is refused, the problem names it as `/generations/N`. They are ' +
      'told of together, once, when the last of them is over.',
    scope: 'generations:write',
    body: CreateBatch,
    isIdempotent: true,
    status: 202,
    response: Batch,
    problems: createProblems,
  },
  getBatch: {
    method: 'get',
    path: '/v1/batches/{id}',
    tag: 'Batches',
    summary: 'Look at one batch',
    scope: 'generations:read',
    params: BatchParams,
    status: 200,
    response: Batch,
    problems: ['not_found'],
  },
  cancelBatch: {
    method: 'post',
    path: '/v1/batches/{id}/cancel',
    tag: 'Batches',
    summary: 'Stop what is left of a batch',
    description:
      'What is over stays as it is; what waits is dropped, what is being drawn is stopped.',
    scope: 'generations:write',
    params: BatchParams,
    status: 202,
    response: Batch,
    problems: ['not_found'],
  },
} as const satisfies Record<string, Operation>;
