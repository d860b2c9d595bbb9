import {
  operations,
  type Operation,
  type OperationInput,
  type OperationName,
  type OperationOutput,
  type Operations,
} from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import type { Idempotency } from '@avatarforge/db';
import { withContext } from '@avatarforge/runtime';
import { requireScope, type ServiceContext } from '@avatarforge/services';
import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { idempotencyOf } from './idempotency';
import type { Identify } from './identify';
import { JSON_LIMIT_BYTES, readLargeJson } from './largeJson';
import { stateOf } from './requestState';
import { validate } from './validate';

const SIGNED_LIMIT_BYTES = 64 * 1024;

/** Who calls: known for every operation that is not open to everyone. */
type Caller<O extends Operation> = O['scope'] extends null ? null : ServiceContext;

/** What a handler is given: the parts of the request, parsed by the schemas of its operation. */
interface HandlerRequest<K extends OperationName> extends OperationInput<Operations[K]> {
  ctx: Caller<Operations[K]>;
  /** Where the sender gave a key and the operation takes one. */
  idempotency: Idempotency | undefined;
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
  /** Where what is too large for memory is kept until its turn comes. */
  uploadFolder: string;
}

/** Routes every operation of the contract to its handler. */
export function routeOperations(router: IRouter, options: RouterOptions): void {
  for (const name of Object.keys(operations) as OperationName[]) {
    routeOperation(router, name, options);
  }
  refuseOtherMethods(router);
}

/** An address that exists says so, and which methods it takes. */
function refuseOtherMethods(router: IRouter): void {
  const methods = new Map<string, string[]>();
  for (const { path, method } of Object.values(operations)) {
    const names = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...names]);
  }
  for (const [path, names] of methods) {
    router.all(toExpressPath(path), (req, res) => {
      const allowed = names.join(', ');
      res.setHeader('Allow', allowed);
      const detail = `${req.method} is not for this address. It takes ${allowed}.`;
      throw new AppError('method_not_allowed', detail);
    });
  }
}

function routeOperation(
  router: IRouter,
  name: OperationName,
  { handlers, identify, checkAnswers, uploadFolder }: RouterOptions,
): void {
  const operation: Operation = operations[name];
  const handler = handlers[name];
  const answer: RequestHandler = async (req, res) => {
    res.status(operation.status);
    const body: unknown = await handler(toHandlerRequest(name, req, res));
    if (operation.status === 204) res.end();
    if (operation.response === null) return;
    if (checkAnswers) checkAnswer(name, operation.response, body);
    res.json(body);
  };
  router[operation.method](
    toExpressPath(operation.path),
    begin(name, operation, identify),
    ...readBody(operation, uploadFolder),
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

function readBody(operation: Operation, uploadFolder: string): RequestHandler[] {
  if (operation.isSigned) return [express.raw({ type: () => true, limit: SIGNED_LIMIT_BYTES })];
  return operation.body ? readJson(operation, uploadFolder) : [];
}

function readJson({ takesPictures }: Operation, uploadFolder: string): RequestHandler[] {
  const small = express.json({ limit: JSON_LIMIT_BYTES });
  return [requireJson, takesPictures ? readLargeJson(uploadFolder, small) : small];
}

/** What the one handler of the operation takes: its schemas made the parts, and `begin` the caller; hence the cast. */
function toHandlerRequest(name: OperationName, req: Request, res: Response): never {
  const { params, query, body, isIdempotent }: Operation = operations[name];
  const said = {
    params: params && validate(params, req.params, 'params'),
    query: query && validate(query, req.query, 'query'),
    body: body && validate(body, req.body, 'body'),
  };
  const idempotency = isIdempotent ? idempotencyOf(req, name, said) : undefined;
  return { ...said, idempotency, ctx: stateOf(req).ctx, req, res } as never;
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
