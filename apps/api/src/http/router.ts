import {
  operations,
  type Operation,
  type OperationInput,
  type OperationName,
  type OperationOutput,
  type Operations,
} from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { withContext } from '@avatarforge/runtime';
import { requireScope, type ServiceContext } from '@avatarforge/services';
import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import type { Identify } from './identify';
import { stateOf } from './requestState';
import { validate } from './validate';

/** Who calls: known for every operation that is not open to everyone. */
type Caller<O extends Operation> = O['scope'] extends null ? null : ServiceContext;

/** What a handler is given: the parts of the request, parsed by the schemas of its operation. */
export interface HandlerRequest<K extends OperationName> extends OperationInput<Operations[K]> {
  ctx: Caller<Operations[K]>;
  req: Request;
  /** For headers; the body is what the handler returns, but for operations that answer with bytes or pages. */
  res: Response;
}

type Answer<O extends Operation> = O['response'] extends z.ZodType ? OperationOutput<O> : undefined;

/** Answers one operation. Throws what the client is to be told. */
type Handler<K extends OperationName> = (
  request: HandlerRequest<K>,
) => Promise<Answer<Operations[K]>> | Answer<Operations[K]>;

/** One handler for each operation of the contract. */
export type Handlers = { [K in OperationName]: Handler<K> };

export interface RouterOptions {
  handlers: Handlers;
  identify: Identify;
  /** Whether answers are checked against their schemas. */
  checkAnswers: boolean;
}

const JSON_LIMIT_BYTES = 1024 ** 2;
/** A picture of 50 MB, as base64, and a little more. */
const INLINE_IMAGE_LIMIT_BYTES = 70 * 1024 ** 2;

/** Routes every operation of the contract to its handler. */
export function routeOperations(router: IRouter, options: RouterOptions): void {
  for (const name of Object.keys(operations) as OperationName[]) {
    routeOperation(router, name, options);
  }
}

function routeOperation(
  router: IRouter,
  name: OperationName,
  { handlers, identify, checkAnswers }: RouterOptions,
): void {
  const operation: Operation = operations[name];
  const handler = handlers[name];
  const answer: RequestHandler = async (req, res) => {
    res.status(operation.status);
    const body: unknown = await handler(toHandlerRequest(operation, req, res));
    if (operation.response === null) return;
    if (checkAnswers) checkAnswer(name, operation.response, body);
    res.json(body);
  };
  router[operation.method](
    toExpressPath(operation.path),
    begin(name, operation, identify),
    ...(operation.body ? [requireJson, express.json({ limit: bodyLimit(name) })] : []),
    answer,
  );
}

/** Says which operation it is and who calls, before any of the body is read. */
function begin(name: OperationName, { scope }: Operation, identify: Identify): RequestHandler {
  return async (req, _res, next) => {
    const state = stateOf(req);
    state.operation = name;
    if (scope === null) {
      next();
      return;
    }
    const ctx = await identify(req);
    if (!ctx) {
      throw new AppError(
        'unauthorized',
        'Send a valid API key as “Authorization: Bearer af_…” or “X-API-Key”.',
      );
    }
    state.ctx = ctx;
    requireScope(ctx, scope);
    withContext({ user_id: ctx.userId }, next);
  };
}

/** A web page elsewhere can make a browser send any other type without being asked first. */
const requireJson: RequestHandler = (req, _res, next) => {
  if (!req.is('json')) {
    throw new AppError(
      'unsupported_media_type',
      'Send JSON with “Content-Type: application/json”.',
    );
  }
  next();
};

function bodyLimit(name: OperationName): number {
  return name === 'generateAvatar' ? INLINE_IMAGE_LIMIT_BYTES : JSON_LIMIT_BYTES;
}

/** What the one handler of `operation` takes: its schemas made the parts, and `begin` the caller; hence the cast. */
function toHandlerRequest(operation: Operation, req: Request, res: Response): never {
  const { params, query, body } = operation;
  const request = {
    params: params && validate(params, req.params, 'params'),
    query: query && validate(query, req.query, 'query'),
    body: body && validate(body, req.body, 'body'),
    ctx: stateOf(req).ctx,
    req,
    res,
  };
  return request as never;
}

function checkAnswer(name: OperationName, schema: z.ZodType, body: unknown): void {
  const result = schema.safeParse(body);
  if (result.success) return;
  throw new Error(`the answer of ${name} breaks the contract`, { cause: result.error });
}

/** `/v1/generations/{id}` → `/v1/generations/:id` */
function toExpressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
