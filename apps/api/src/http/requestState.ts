import type { OperationName, ProblemCode } from '@avatarforge/contracts';
import type { ServiceContext } from '@avatarforge/services';
import type { Request } from 'express';

/** What becomes known of a request on its way; the line in the log is made of it. */
export interface RequestState {
  readonly requestId: string;
  /** `performance.now()` at its arrival. */
  readonly startedAt: number;
  operation: OperationName | null;
  /** Who asks, once that is known. */
  ctx: ServiceContext | null;
  problem: ProblemCode | null;
  /** What failed, when it is our fault or that of a part we depend on. */
  error: unknown;
}

const states = new WeakMap<Request, RequestState>();

/** Begins the account of a request. */
export function startState(req: Request, requestId: string): RequestState {
  const state: RequestState = {
    requestId,
    startedAt: performance.now(),
    operation: null,
    ctx: null,
    problem: null,
    error: null,
  };
  states.set(req, state);
  return state;
}

/** The account of a request that has passed `observe`. */
export function stateOf(req: Request): RequestState {
  const state = states.get(req);
  if (!state) throw new Error('the request has not passed `observe`');
  return state;
}
