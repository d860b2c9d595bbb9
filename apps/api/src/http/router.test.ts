import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { AppError, DependencyError } from '@avatarforge/core';
import { operations, type OperationName } from '@avatarforge/contracts';
import { createLogger, createMetrics } from '@avatarforge/runtime';
import express from 'express';
import { observe } from './observe';
import { answerNotFound, answerProblems } from './problems';
import { routeOperations, type Handlers } from './router';

const local = { userId: '01980000-0000-7000-8000-000000000001', scopes: ['files:read'] } as const;

/** Runs `use` with an API of these handlers; every other operation answers 500. */
async function withRouter(
  handlers: Partial<Handlers>,
  use: (url: string, lines: Record<string, unknown>[]) => Promise<void>,
  checkAnswers = true,
): Promise<void> {
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  const log = createLogger({ name: 'test', level: 'debug', destination });
  const app = express().use(observe({ log, metrics: createMetrics('test') }));
  const missing = () => Promise.reject(new Error('no such handler'));
  const names = Object.keys(operations) as OperationName[];
  const all = { ...Object.fromEntries(names.map((name) => [name, missing])), ...handlers };
  routeOperations(app, {
    handlers: all as unknown as Handlers,
    identify: () => Promise.resolve(local),
    checkAnswers,
    uploadFolder: tmpdir(),
  });
  app.use(answerNotFound(), answerProblems());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, lines);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('an answer that breaks the contract is a bug, not an answer', async () => {
  const handlers = { getWelcome: () => ({ message: 7 }) } as unknown as Partial<Handlers>;
  await withRouter(handlers, async (url) => {
    expect(await codeOf(await fetch(url))).toBe('internal_error');
  });
});

test('in production the answer goes out unchecked', async () => {
  const handlers = { getWelcome: () => ({ message: 7 }) } as unknown as Partial<Handlers>;
  const use = async (url: string) => {
    expect(await (await fetch(url)).json()).toEqual({ message: 7 });
  };
  await withRouter(handlers, use, false);
});

test('a scope that the caller lacks closes the door before the body is read', async () => {
  await withRouter({}, async (url) => {
    const init = { method: 'POST', body: 'no JSON' };
    expect(await codeOf(await fetch(`${url}/v1/generations`, init))).toBe('insufficient_scope');
  });
});

test('a part of the world that is away is told with the time to wait', async () => {
  const getWelcome = () => Promise.reject(new DependencyError('database', true, { cause: 'x' }));
  await withRouter({ getWelcome }, async (url) => {
    const response = await fetch(url);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});

test('a request is one line in the log, with what failed when that is ours', async () => {
  const handlers: Partial<Handlers> = {
    getRootHealth: () => {
      throw new AppError('not_found', 'no');
    },
  };
  await withRouter(handlers, async (url, lines) => {
    await fetch(`${url}/?token=secret`, { headers: { 'X-Request-Id': 'r1' } });
    await fetch(`${url}/health`);
    expect(lines).toMatchObject([
      {
        level: 'error',
        request_id: 'r1',
        path: '/',
        operation: 'getWelcome',
        status: 500,
        err: { message: 'no such handler' },
      },
      { level: 'debug', operation: 'getRootHealth', status: 404, problem: 'not_found' },
    ]);
    expect(lines[1]).not.toHaveProperty('err');
    expect(JSON.stringify(lines)).not.toContain('token');
  });
});
