import { operations } from '@avatarforge/contracts';
import { newId } from '@avatarforge/core';
import { withContext, type Histogram, type Logger, type Metrics } from '@avatarforge/runtime';
import type { Request, RequestHandler, Response } from 'express';
import { startState, type RequestState } from './requestState';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

type DurationHistogram = Histogram<'operation' | 'status'>;

/** Gives every request its id, and when it is over one line in the log and one observation. */
export function observe({ log, metrics }: { log: Logger; metrics: Metrics }): RequestHandler {
  const duration: DurationHistogram = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labels: ['operation', 'status'],
    buckets: BUCKETS,
  });
  return (req, res, next) => {
    const requestId = givenId(req) ?? newId();
    const state = startState(req, requestId);
    res.setHeader('X-Request-Id', requestId);
    res.once('close', () => {
      report({ req, res, state, log, duration });
    });
    withContext({ request_id: requestId }, next);
  };
}

function givenId(req: Request): string | null {
  const given = req.get('X-Request-Id');
  return given && REQUEST_ID.test(given) ? given : null;
}

interface Report {
  req: Request;
  res: Response;
  state: RequestState;
  log: Logger;
  duration: DurationHistogram;
}

function report({ req, res, state, log, duration }: Report): void {
  const seconds = (performance.now() - state.startedAt) / 1000;
  const operation = state.operation ?? 'none';
  duration.observe({ operation, status: res.statusCode }, seconds);
  log[levelOf(state)](
    {
      request_id: state.requestId,
      ...(state.ctx && { user_id: state.ctx.userId }),
      method: req.method,
      path: req.originalUrl.split('?', 1)[0],
      operation,
      status: res.statusCode,
      duration_ms: Math.round(seconds * 1e6) / 1e3,
      received_bytes: Number(req.get('Content-Length') ?? 0),
      sent_bytes: Number(res.get('Content-Length') ?? 0),
      ...(state.problem && { problem: state.problem }),
      ...(!res.writableFinished && { aborted: true }),
      ...(state.error !== null && { err: state.error }),
    },
    'request',
  );
}

/** Probes ask every few seconds, and are worth a line only when something is wrong. */
function levelOf({ error, operation }: RequestState): 'error' | 'info' | 'debug' {
  if (error !== null) return 'error';
  return operation && operations[operation].tag === 'System' ? 'debug' : 'info';
}
