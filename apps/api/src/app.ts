import type { Outbound } from '@avatarforge/net';
import type { ObjectStorage } from '@avatarforge/storage';
import type { LiveChannel } from '@avatarforge/queue';
import type { Logger, Metrics } from '@avatarforge/runtime';
import type { CreateGenerationDeps, GenerationWatch } from '@avatarforge/services';
import express, { type Express, type RequestHandler } from 'express';
import { routeDocumentation } from './documentation/routeDocumentation';
import { avatarHandlers } from './handlers/avatars';
import { batchHandlers } from './handlers/batches';
import { emailHandlers } from './handlers/emails';
import { fileHandlers } from './handlers/files';
import { generationHandlers } from './handlers/generations';
import { instanceHandlers } from './handlers/instances';
import { originalFileHandlers } from './handlers/originalFiles';
import { systemHandlers } from './handlers/system';
import { webhookHandlers } from './handlers/webhooks';
import { workflowHandlers } from './handlers/workflows';
import { streamHandlers } from './live/streams';
import type { LiveHub } from './live/liveHub';
import { refuseForeignPages } from './http/foreignPages';
import type { Identify } from './http/identify';
import { observe } from './http/observe';
import { answerNotFound, answerProblems } from './http/problems';
import { routeOperations } from './http/router';
import { securityHeaders } from './http/security';
import { createReadiness } from './readiness';

/** The parts that the API is made of. */
export interface AppDeps extends CreateGenerationDeps {
  log: Logger;
  metrics: Metrics;
  storage: ObjectStorage;
  /** Fetches pictures from addresses that callers give. */
  outbound: Outbound;
  identify: Identify;
  watch: GenerationWatch;
  /** Whether Redis answers; within moments. */
  pingRedis: () => Promise<boolean>;
  /** Tells live what happens. */
  live: LiveHub;
  /** The last known progress of each shot, by generation. */
  readProgress: LiveChannel['readProgress'];
  /** Has whoever drives an instance look at it. Returns at once; may be lost. */
  ringInstance: (id: string) => void;
  /** Tells those who are to be told of what just happened. Returns at once. */
  relayEvents: () => void;
  /** Aborts when the process is told to stop: from then on it takes no work, and holds no answer back. */
  stopping: AbortSignal;
  /** Names of the migrations that the database must have applied. */
  migrations: readonly string[];
  /** Where what arrives is kept until it is stored. */
  uploadFolder: string;
  /** Whether answers are checked against their schemas. */
  checkAnswers: boolean;
  /** Whether it serves without API keys: this machine alone, and whatever it holds is nobody's secret there. */
  isOpen: boolean;
  /** Of the running service. */
  version: string;
}

/** The whole HTTP surface; listens to nothing yet. */
export function buildApp(deps: AppDeps): Express {
  const app = express();
  const readReadiness = createReadiness(deps);
  app.use(observe(deps), securityHeaders(), letGo(deps.stopping));
  app.use(relayAfterChanges(deps.relayEvents));
  if (deps.isOpen) app.use(refuseForeignPages());
  routeDocumentation(app, deps);
  routeOperations(app, {
    handlers: {
      ...generationHandlers(deps),
      ...batchHandlers(deps),
      ...streamHandlers(deps),
      ...webhookHandlers(deps),
      ...emailHandlers(deps),
      ...avatarHandlers(deps),
      ...fileHandlers(deps),
      ...originalFileHandlers(deps),
      ...workflowHandlers(deps),
      ...instanceHandlers(deps),
      ...systemHandlers({ ...deps, readReadiness }),
    },
    identify: deps.identify,
    checkAnswers: deps.checkAnswers,
    uploadFolder: deps.uploadFolder,
  });
  app.use(answerNotFound(), answerProblems());
  return app;
}

/** Told to stop, the API keeps no connection: its next request would come too late. */
function letGo(stopping: AbortSignal): RequestHandler {
  return (_req, res, next) => {
    if (stopping.aborted) res.setHeader('Connection', 'close');
    next();
  };
}

/** What a request changed is told of when it is answered. */
function relayAfterChanges(relayEvents: () => void): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'GET') res.once('finish', relayEvents);
    next();
  };
}
