import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Request, RequestHandler } from 'express';
import { HttpExchange, UpgradeExchange } from './exchanges';
import type { Faults } from './faults';

/** Lets faults bite requests before the routes see them. */
export function faultyRequests(faults: Faults): RequestHandler {
  return async (request, response, next) => {
    const exchange = new HttpExchange(response);
    await faults.at('http.request', { ...factsOf(request), exchange });
    if (!exchange.isOver) next();
  };
}

/** Lets faults bite requests for a socket; whether the request is still to be served. */
export async function passesFaults(
  faults: Faults,
  request: IncomingMessage,
  socket: Duplex,
): Promise<boolean> {
  const exchange = new UpgradeExchange(socket);
  await faults.at('http.request', { ...factsOf(request), exchange });
  for (const wait of exchange.waits) await wait();
  return !exchange.isOver;
}

function factsOf(request: IncomingMessage | Request) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  return { method: request.method, path: pathname.replace(/^\/api(?=\/)/, '') };
}
