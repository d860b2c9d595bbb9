import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CLASS } from '@avatarforge/core';
import { listMigrations, openDatabase, type Database } from '@avatarforge/db';
import { createOutbound, parseAllowList } from '@avatarforge/net';
import { createLiveChannel, createTicketBell } from '@avatarforge/queue';
import {
  createLogger,
  createMetrics,
  onShutdown,
  systemClock,
  toStorageConfig,
  withReleasers,
  type Logger,
  type Releasers,
} from '@avatarforge/runtime';
import {
  createGenerationWatch,
  createOutlooks,
  createPoolCatalogs,
  ensureLocalUser,
  startEventRelay,
} from '@avatarforge/services';
import { createStorage } from '@avatarforge/storage';
import { loadModels, loadWorkflows } from '@avatarforge/workflows';
import { version } from '../package.json';
import { buildApp } from './app';
import { readConfig, type ApiConfig } from './config';
import { identifyAs, identifyByApiKey, type Identify } from './http/identify';
import { LiveHub } from './live/liveHub';
import { acceptLiveSockets } from './live/liveSockets';
import { MIGRATIONS_DIR } from './repositoryPaths';

const CLOSE_TIMEOUT_MS = 2_000;
const NEVER = new AbortController().signal;
/** For requests that are under way when the process is told to stop. */
const DRAIN_TIMEOUT_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger({ name: 'api', level: config.LOG_LEVEL });
  const stopping = new AbortController();

  const releasers = await withReleasers(
    async (releasers) => {
      await start({ config, log, releasers, stopping: stopping.signal });
      return releasers;
    },
    { log },
  );
  onShutdown(async (signal) => {
    stopping.abort();
    log.info({ signal }, 'stopping');
    await systemClock.sleep(config.DRAIN_MS, NEVER);
    await releasers.release();
    log.info('stopped');
  });
}

interface Start {
  config: ApiConfig;
  log: Logger;
  releasers: Releasers;
  stopping: AbortSignal;
}

async function start({ config, log, releasers, stopping }: Start): Promise<void> {
  const onError = (err: unknown) => {
    log.warn({ err }, 'something beside the requests failed');
  };
  const database = openDatabase({ url: config.DATABASE_URL.reveal(), onError });
  releasers.push('database', () => database.close(), { timeoutMs: CLOSE_TIMEOUT_MS });

  const storage = createStorage(toStorageConfig(config));
  releasers.push('storage', () => storage.close(), { timeoutMs: CLOSE_TIMEOUT_MS });

  const bell = createTicketBell({ redisUrl: config.REDIS_URL.reveal(), log });
  releasers.push('redis', () => bell.close(), { timeoutMs: CLOSE_TIMEOUT_MS });

  const channel = createLiveChannel({ redisUrl: config.REDIS_URL.reveal(), log });
  releasers.push('live channel', () => channel.close(), { timeoutMs: CLOSE_TIMEOUT_MS });
  const live = new LiveHub({ database, channel, onError, stopping });

  const outbound = createOutbound({ allow: parseAllowList(config.OUTBOUND_ALLOW) });
  releasers.push('outbound', () => outbound.close(), { timeoutMs: CLOSE_TIMEOUT_MS });

  const uploadFolder = await mkdtemp(join(tmpdir(), 'avatarforge-uploads-'));
  const removeUploads = () => rm(uploadFolder, { recursive: true, force: true });
  releasers.push('uploads', removeUploads, { timeoutMs: CLOSE_TIMEOUT_MS });

  const relay = startEventRelay({
    database,
    publicUrl: config.PUBLIC_URL,
    onRelayed: () => {
      channel.nudge();
    },
    onError,
  });
  releasers.push('relay', () => relay.stop(), { timeoutMs: CLOSE_TIMEOUT_MS });

  const models = loadModels();
  const identify = await createIdentify(config, database, onError);
  const outlooks = createOutlooks({ database });
  const readProgress = (ids: readonly string[]) => channel.readProgress(ids);
  const isOpen = !config.AUTH;
  const shared = { database, outlooks, identify, live, readProgress, stopping, isOpen };
  const app = buildApp({
    ...shared,
    log,
    metrics: createMetrics('avatarforge'),
    storage,
    outbound,
    workflows: loadWorkflows(models),
    models,
    catalogs: createPoolCatalogs({ database }),
    maxQueuedPerUser: config.MAX_QUEUED_PER_USER,
    ringTickets(tickets) {
      void bell.ring(tickets.map((ticket) => ({ ...ticket, instanceClass: DEFAULT_CLASS })));
    },
    pingRedis: () => bell.ping(),
    watch: createGenerationWatch({ database, onError }),
    relayEvents: () => {
      relay.ring();
    },
    ringInstance(id) {
      channel.ringInstance(id);
    },
    refuseWebhookUrl: (url) => outbound.refusalOf(url),
    canEmail: config.SMTP_URL !== undefined,
    migrations: listMigrations(MIGRATIONS_DIR),
    uploadFolder,
    checkAnswers: config.NODE_ENV !== 'production',
    version,
  });

  const server = createServer(app);
  acceptLiveSockets(server, { ...shared, onError });
  releasers.push('server', (signal) => close(server, signal), { timeoutMs: DRAIN_TIMEOUT_MS });
  await listen(server, config);
  const { address, port } = server.address() as AddressInfo;
  log.info({ address, port, auth: config.AUTH ? 'on' : 'off', version }, 'listening');
}

async function createIdentify(
  { AUTH }: ApiConfig,
  database: Database,
  onError: (error: unknown) => void,
): Promise<Identify> {
  if (AUTH) return identifyByApiKey({ database, onError });
  return identifyAs(await ensureLocalUser({ database }));
}

async function listen(server: Server, { PORT, HOST }: ApiConfig): Promise<void> {
  server.listen(PORT, HOST);
  await once(server, 'listening');
}

/** Answers what has begun and takes nothing new; what is not over at the deadline is cut off. */
async function close(server: Server, deadline: AbortSignal): Promise<void> {
  deadline.addEventListener('abort', () => {
    server.closeAllConnections();
  });
  server.close();
  await once(server, 'close');
}

main().catch((err: unknown) => {
  createLogger({ name: 'api', level: 'info' }).fatal({ err }, 'could not start');
  process.exitCode = 1;
});
