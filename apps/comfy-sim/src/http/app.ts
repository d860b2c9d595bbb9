import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { faultyRequests } from '../faults/faultyRequests';
import type { VersionProfile } from '../profiles/versionProfile';
import { addDiscoveryRoutes } from './discoveryRoutes';
import { sendEmpty } from './exchange';
import { addFileRoutes } from './fileRoutes';
import { addJobRoutes } from './jobRoutes';
import { isForeignOrigin } from './originCheck';
import { addPromptRoutes } from './promptRoutes';
import { addHistoryRoutes, addQueueRoutes } from './queueRoutes';
import { Routes } from './routes';
import type { HttpServices } from './services';
import { simRoutes } from './simRoutes';
import { FormTooLarge } from './uploadForm';

/** The server's HTTP side. */
export function createApp(services: HttpServices): Express {
  const app = express();
  app.disable('x-powered-by').enable('strict routing').enable('case sensitive routing');
  app.use(refuseForeign(services.profile), answerOptions);
  app.use(['/sim', '/api/sim'], simRoutes(services));
  app.use(faultyRequests(services.faults));

  const routes = new Routes(app);
  addPromptRoutes(routes, services);
  addQueueRoutes(routes, services);
  addJobRoutes(routes, services);
  addHistoryRoutes(routes, services);
  addFileRoutes(routes, services);
  addDiscoveryRoutes(routes, services);
  app.get('/', (_request, response) => {
    response.type('text/html; charset=utf-8').send(frontPage);
  });
  routes.refuseTheRest();
  app.use(answerFailure(services.profile.maxBodyBytes));
  return app;
}

const frontPage =
  '<!doctype html><title>comfy-sim</title><p>This is comfy-sim, a simulator of a ComfyUI server. Its pictures are drawn, not generated.';

function refuseForeign({ routes }: VersionProfile): RequestHandler {
  return (request, response, next) => {
    if (isForeignOrigin(request.headers, routes.refusesCrossSite)) sendEmpty(response, 403);
    else next();
  };
}

const answerOptions: RequestHandler = (request, response, next) => {
  if (request.method === 'OPTIONS') sendEmpty(response);
  else next();
};

const serverError = '500 Internal Server Error\n\nServer got itself in trouble';

/** Whatever a route throws is answered as an unhandled Python exception would be. */
function answerFailure(maxBodyBytes: number): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const type: unknown = error instanceof Error && 'type' in error ? error.type : undefined;
    const isTooLarge = type === 'entity.too.large' || error instanceof FormTooLarge;
    const text = isTooLarge ? `Maximum request body size ${maxBodyBytes} exceeded.` : serverError;
    response
      .status(isTooLarge ? 413 : 500)
      .type('text/plain; charset=utf-8')
      .send(text);
  };
}
