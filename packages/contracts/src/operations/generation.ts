import { AttemptPage, ListAttempts } from '../attempts';
import {
  CreateGeneration,
  Generation,
  GenerationPage,
  GenerationParams,
  ListGenerations,
  RetryGeneration,
} from '../generations';
import type { Operation } from '../operation';

/** What asking for pictures can be refused for. */
export const createProblems = [
  'invalid_json',
  'validation_failed',
  'unknown_file',
  'fallback_required',
  'graph_rejected',
  'idempotency_mismatch',
  'queue_full',
  'payload_too_large',
  'unsupported_media_type',
] as const;

/** Native v1: generations. */
export const generationOperations = {
  createGeneration: {
    method: 'post',
    path: '/v1/generations',
    tag: 'Generations',
    summary: 'Ask for pictures',
    description:
      'Answers at once; the pictures follow. Look at `urls.self` until the status is final; there is also told what is ' +
      'foreseen for them. Refused with `queue_full` while you have as many unfinished pictures as is allowed; requests ' +
      'sent at the same moment may pass that limit together.',
    scope: 'generations:write',
    body: CreateGeneration,
    isIdempotent: true,
    canWait: true,
    status: 202,
    response: Generation,
    problems: createProblems,
  },
  listGenerations: {
    method: 'get',
    path: '/v1/generations',
    tag: 'Generations',
    summary: 'List your generations, newest first',
    scope: 'generations:read',
    query: ListGenerations,
    status: 200,
    response: GenerationPage,
    problems: ['validation_failed'],
  },
  getGeneration: {
    method: 'get',
    path: '/v1/generations/{id}',
    tag: 'Generations',
    summary: 'Look at one generation',
    scope: 'generations:read',
    params: GenerationParams,
    status: 200,
    response: Generation,
    problems: ['not_found'],
  },
  listAttempts: {
    method: 'get',
    path: '/v1/generations/{id}/attempts',
    tag: 'Generations',
    summary: 'See where and how often each picture was tried, and what became of it',
    scope: 'generations:read',
    params: GenerationParams,
    query: ListAttempts,
    status: 200,
    response: AttemptPage,
    problems: ['not_found', 'validation_failed'],
  },
  cancelGeneration: {
    method: 'post',
    path: '/v1/generations/{id}/cancel',
    tag: 'Generations',
    summary: 'Stop a generation',
    description:
      'What waits is dropped at once; what is being drawn is stopped within moments. Sent again, it is answered as before.',
    scope: 'generations:write',
    params: GenerationParams,
    status: 202,
    response: Generation,
    problems: ['not_found', 'wrong_state', 'too_late'],
  },
  retryGeneration: {
    method: 'post',
    path: '/v1/generations/{id}/retry',
    tag: 'Generations',
    summary: 'Ask again for what failed or was cancelled',
    description:
      'Makes a new generation of the same request, checked against the pool as it is now.',
    scope: 'generations:write',
    params: GenerationParams,
    body: RetryGeneration,
    isIdempotent: true,
    canWait: true,
    status: 202,
    response: Generation,
    problems: ['not_found', 'wrong_state', ...createProblems],
  },
  deleteGeneration: {
    method: 'delete',
    path: '/v1/generations/{id}',
    tag: 'Generations',
    summary: 'Put a generation into the trash',
    description:
      'It is gone from every list at once, and stopped if it runs. After 30 days it is forgotten, with the files that ' +
      'only it needed.',
    scope: 'generations:write',
    params: GenerationParams,
    status: 204,
    response: null,
    problems: ['not_found'],
  },
} as const satisfies Record<string, Operation>;
