import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { z } from 'zod';
import { BatchEvent, GenerationEvent, WEBHOOK_EVENTS } from './events';
import type { Operation } from './operation';
import { operations } from './operations';
import { Problem, PROBLEMS, type ProblemCode } from './problems';

const INTRODUCTION = `AvatarForge turns a wish into finished pictures on a pool of ComfyUI instances.

Errors are RFC 9457 problems; \`code\` names the page under \`docs/problems/\` that explains it.
With authentication on, send your key as \`Authorization: Bearer af_…\` or \`X-API-Key\`.`;

const UPLOAD_SCHEMA: oas31.SchemaObject = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', format: 'binary', description: 'The picture.' } },
};

/** The OpenAPI 3.1 document of the API. `version` is the version of the running service. */
export function createOpenApiDocument(version: string): object {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'AvatarForge',
      version,
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths: toPaths(operations),
    webhooks: toWebhooks(),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  });
}

/** What is sent to webhook endpoints. */
function toWebhooks(): ZodOpenApiPathsObject {
  return Object.fromEntries(
    WEBHOOK_EVENTS.map((event) => {
      const schema = event === 'batch.completed' ? BatchEvent : GenerationEvent;
      const post: ZodOpenApiOperationObject = {
        tags: ['Webhooks'],
        summary: `\`${event}\` happened`,
        description:
          'Signed as Standard Webhooks has it, sent at least once, perhaps out of order: docs/webhooks.md.',
        security: [],
        requestBody: { required: true, content: { 'application/json': { schema } } },
        responses: {
          '2XX': { description: 'Taken. Any other answer is a failure, and it is sent again.' },
        },
      };
      return [event, { post }];
    }),
  );
}

function toPaths(all: Record<string, Operation>): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const [operationId, operation] of Object.entries(all)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: { operationId, ...toOperation(operation) },
    };
  }
  return paths;
}

function toOperation(operation: Operation): ZodOpenApiOperationObject {
  const { tag, summary, description, scope, params, query } = operation;
  return {
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(scope ? { security: [{ bearer: [] }, { apiKey: [] }, {}] } : { security: [] }),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      header: z.object(toHeaders(operation)),
    },
    ...toRequestBody(operation),
    responses: {
      ...(operation.canWait && { '200': toResponse(operation) }),
      [String(operation.status)]: toResponse(operation),
      ...toProblems(operation),
    },
  };
}

function toHeaders({ isIdempotent, canWait }: Operation) {
  return {
    ...(isIdempotent && {
      'Idempotency-Key': z
        .string()
        .optional()
        .describe(
          'A name of yours for this request. Sent again with it within 24 hours, the request is answered the same ' +
            '(`Idempotency-Replayed: true`) and done once.',
        ),
    }),
    ...(canWait && {
      Prefer: z
        .string()
        .optional()
        .describe('`wait=n` holds the answer for up to n seconds (60 at most) until it is final.')
        .meta({ example: 'wait=30' }),
    }),
  };
}

function toRequestBody({
  body,
  upload,
}: Operation): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (upload) {
    const content = { 'multipart/form-data': { schema: UPLOAD_SCHEMA } };
    return { requestBody: { required: true, content } };
  }
  if (!body) return {};
  const example: unknown = body.meta()?.['example'];
  const content = {
    'application/json': { schema: body, ...(example !== undefined && { example }) },
  };
  return { requestBody: { required: true, content } };
}

function toResponse({ status, response, contentType = 'application/json' }: Operation) {
  if (status === 204) return { description: 'Done' };
  const schema = response ?? ({ type: 'string', format: 'binary' } as const);
  return { description: 'Success', content: { [contentType]: { schema } } };
}

/** Statuses of what goes well later. */
const RETRIED: ReadonlySet<number> = new Set([429, 503]);
const RETRY_AFTER = {
  headers: z.object({
    'Retry-After': z.int().describe('Seconds after which to send the request again.'),
  }),
};

function toProblems({ problems, scope }: Operation) {
  const codes: ProblemCode[] = [
    ...problems,
    ...(scope ? (['unauthorized', 'insufficient_scope'] as const) : []),
    'internal_error',
  ];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const group = codes.filter((code) => PROBLEMS[code].status === status);
      const description = group.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n');
      const content = { 'application/problem+json': { schema: Problem } };
      return [String(status), { description, content, ...(RETRIED.has(status) && RETRY_AFTER) }];
    }),
  );
}
