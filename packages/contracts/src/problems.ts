import { z } from 'zod';

/**
 * Every problem the API can answer with: code → status and title. Each code has a page under
 * `docs/problems/`; a test holds the two equal.
 */
export const PROBLEMS = {
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_upload: { status: 400, title: 'The upload could not be read' },
  unknown_pose: { status: 400, title: 'This pose does not exist' },
  bad_signature: { status: 401, title: 'The signature is not one that is known here' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  insufficient_scope: { status: 403, title: 'The API key may not do this' },
  foreign_page: { status: 403, title: 'Only pages of this machine may ask' },
  not_found: { status: 404, title: 'Nothing is here under this name' },
  method_not_allowed: { status: 405, title: 'This address does not take this method' },
  wrong_state: { status: 409, title: 'This is not possible in its present state' },
  too_late: { status: 409, title: 'It is drawn already' },
  file_in_use: { status: 409, title: 'An unfinished generation needs this file' },
  upload_incomplete: { status: 409, title: 'The picture has not arrived whole' },
  direct_upload_unavailable: { status: 409, title: 'Pictures are not taken past the API here' },
  instance_exists: { status: 409, title: 'This instance is in the pool already' },
  endpoint_limit: { status: 409, title: 'You have as many webhook endpoints as are allowed' },
  endpoint_disabled: { status: 409, title: 'This webhook endpoint is disabled' },
  instance_configured: { status: 409, title: 'This instance stands in the configuration' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'This kind of content is not accepted' },
  validation_failed: { status: 422, title: 'Some fields are not valid' },
  unknown_file: { status: 422, title: 'A file named in the request does not exist' },
  idempotency_mismatch: { status: 422, title: 'This idempotency key was used for another request' },
  fallback_required: { status: 422, title: 'The pool cannot do this exactly as asked' },
  graph_rejected: { status: 422, title: 'No instance of the pool can run this' },
  url_not_fetched: { status: 422, title: 'Nothing could be fetched from this address' },
  image_unreadable: { status: 422, title: 'The image cannot be decoded' },
  image_dimensions: { status: 422, title: 'The image is too small or too large' },
  queue_full: { status: 429, title: 'You have as much waiting as is allowed' },
  too_many_streams: { status: 429, title: 'You have as many live connections as are allowed' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  service_unavailable: { status: 503, title: 'A part of the service is not available just now' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A code of the problem catalog. */
export type ProblemCode = keyof typeof PROBLEMS;

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

const field = {
  pointer: z.string().describe('Which field.').meta({ example: '/prompt' }),
  message: z.string().describe('Why.').meta({ example: 'Give at least 3 characters.' }),
};

/** One thing for which ComfyUI would refuse a graph. */
export const GraphFault = z
  .object({
    ...field,
    code: z.string().describe('Kind of fault, for programs.').meta({ example: 'missing_model' }),
    node_id: z.string().nullable().describe('The node at fault; null for the graph as a whole.'),
    node_type: z.string().nullable().describe('Its class.'),
    field: z.string().nullable().describe('Its input at fault.'),
    given: z.unknown().describe('What stands there; cut short when it is long.'),
    nearest: z.array(z.string()).describe('Names that exist and are most like it.'),
    available_on: z.array(z.string()).describe('Instances of the pool that have what is missing.'),
  })
  .meta({ id: 'GraphFault' });
export type GraphFault = z.infer<typeof GraphFault>;

/** One field at fault: where (JSON Pointer into the body, or `query/NAME`, `params/NAME`) and why. */
export const FieldError = z.object(field).meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** The body of every error answer: RFC 9457 `application/problem+json`. */
export const Problem = z
  .object({
    type: z
      .string()
      .describe('Address of the page that explains this problem.')
      .meta({ example: '/problems/validation_failed' }),
    title: z.string().describe('The same sentence for every problem of this code.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What happened this time and what to do about it.'),
    code: z.enum(codes).describe('Stable code for programs.'),
    request_id: z.string().describe('Quote this when you ask for help.'),
    errors: z
      .array(z.union([GraphFault, FieldError]))
      .optional()
      .describe('The fields at fault, where there are any.'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
