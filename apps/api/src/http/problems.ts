import { PROBLEMS, type FieldError, type Problem, type ProblemCode } from '@avatarforge/contracts';
import { AppError, DependencyError, RetryLaterError } from '@avatarforge/core';
import { StorageUnavailableError } from '@avatarforge/storage';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { stateOf } from './requestState';

const RETRY_AFTER_S = 5;
/** Headers of an answer that came to nothing. */
const OF_THE_CONTENT = ['Cache-Control', 'Content-Disposition', 'Content-Range', 'ETag'];

/** What the client is told of an error. */
interface Told {
  code: ProblemCode;
  detail: string;
  errors?: FieldError[] | undefined;
  /** Seconds after which the same may go well. */
  retryAfterS?: number;
}

/** The answer to an error; whatever is not known by name tells nothing of itself. */
export function toTold(error: unknown): Told {
  if (error instanceof RetryLaterError) {
    return { code: error.code, detail: error.message, retryAfterS: error.retryAfterS };
  }
  if (error instanceof AppError) {
    return { code: error.code, detail: error.message, errors: error.errors };
  }
  if (error instanceof DependencyError) return unavailable(error.dependency);
  if (error instanceof StorageUnavailableError) return unavailable('storage');
  return (isHttpError(error) && fromHttpError(error)) || INTERNAL;
}

const INTERNAL: Told = {
  code: 'internal_error',
  detail: 'This is not your fault. Quote the request id when you report it.',
};

function unavailable(dependency: string): Told {
  const detail = `The ${dependency} is not available just now. Try again in ${RETRY_AFTER_S} seconds.`;
  return { code: 'service_unavailable', detail, retryAfterS: RETRY_AFTER_S };
}

/** An error of Express or its body parser: 4xx by their own word. */
interface HttpError extends Error {
  status: number;
  type?: string;
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function fromHttpError({ status, type }: HttpError): Told | null {
  if (type === 'entity.too.large') {
    return { code: 'payload_too_large', detail: 'The body is larger than this address accepts.' };
  }
  if (status === 415) {
    return { code: 'unsupported_media_type', detail: 'Send the body as UTF-8 JSON.' };
  }
  if (status >= 500) return null;
  // Only the parser of bodies gives a type; else it is a path that cannot be decoded or a file that is not there.
  if (type === undefined) return { code: 'not_found', detail: 'There is nothing at this address.' };
  return { code: 'invalid_json', detail: 'The body is not complete JSON.' };
}

/** Answers every error with a problem (RFC 9457). Errors that are not the client's are left for the log. */
export function answerProblems(): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (error: unknown, req, res, _next) => {
    const state = stateOf(req);
    const { code, detail, errors, retryAfterS } = toTold(error);
    const { status, title } = PROBLEMS[code];
    state.problem = code;
    if (status >= 500) state.error = error;
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const problem: Problem = {
      type: `/problems/${code}`,
      title,
      status,
      detail,
      code,
      request_id: state.requestId,
      ...(errors && { errors }),
    };
    if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="avatarforge"');
    // The rest of the body is not read, so nothing else can come this way.
    if (status === 413) res.setHeader('Connection', 'close');
    if (retryAfterS !== undefined) res.setHeader('Retry-After', retryAfterS);
    for (const header of OF_THE_CONTENT) res.removeHeader(header);
    res.status(status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

/** Answers what no route did. */
export function answerNotFound(): RequestHandler {
  return (req) => {
    throw new AppError('not_found', `${req.method} ${req.path} does not exist. See /docs.`);
  };
}
