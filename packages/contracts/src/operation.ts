import type { z } from 'zod';
import type { ProblemCode } from './problems';

/** What a caller must be allowed to do; `null` means open to everyone. */
export type Scope =
  | 'generations:read'
  | 'generations:write'
  | 'files:read'
  | 'files:write'
  | 'webhooks:read'
  | 'webhooks:write'
  | 'admin';

/**
 * One HTTP operation, declared once: the router parses with it, answers are checked against it, and
 * the OpenAPI document is written from it.
 */
export interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** OpenAPI path, such as `/v1/generations/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  scope: Scope | null;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** A multipart upload with one picture in the field `file`. */
  upload?: boolean;
  /** The body is signed: it comes as bytes, whatever they are. */
  isSigned?: boolean;
  /** The body may hold pictures as base64. */
  takesPictures?: boolean;
  /** Sent again with the same `Idempotency-Key`, it is answered the same and done once. */
  isIdempotent?: boolean;
  /** `Prefer: wait=n` holds the answer, which is then 200, until the generation is final. */
  canWait?: boolean;
  /**
   * Success status and body; `null` for nothing (204), and for bytes, pages and plain text, whose type is
   * `contentType`.
   */
  status: 200 | 201 | 202 | 204;
  response: z.ZodType | null;
  contentType?: string;
  problems: readonly ProblemCode[];
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** The parsed request of an operation, as its handler receives it. */
export interface OperationInput<O extends Operation> {
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']>;
}

/** The body that the handler of an operation answers with. */
export type OperationOutput<O extends Operation> = O['response'] extends z.ZodType
  ? z.input<O['response']>
  : never;
