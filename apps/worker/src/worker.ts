import { DEFAULT_CLASS, newId } from '@avatarforge/core';
import { openDatabase, readDeploymentId, syncInstances } from '@avatarforge/db';
import { createLiveChannel, createTicketBell, createTicketWaiter } from '@avatarforge/queue';
import {
  startInterval,
  toStorageConfig,
  withReleasers,
  type Logger,
  type Releasers,
} from '@avatarforge/runtime';
import { createStorage } from '@avatarforge/storage';
import type { WorkerConfig } from './config';
import { startTelling } from './deliver/startTelling';
import { Finalizer } from './finalize/finalizer';
import { Fleet } from './generate/fleet';
import { cleanUpOnTime } from './maintain/cleanUpOnTime';
import { createForesight } from './maintain/foresee';
import { reconcile } from './maintain/reconcile';
import { settle } from './maintain/settle';

const ROLES = ['generate', 'finalize', 'deliver', 'maintain'] as const;
const RECONCILE_MS = 1000;
const SETTLE_MS = 1000;
const FORECAST_MS = 1000;
const CLEAN_UP_MS = 60_000;
const STOP_MS = 10_000;
const CLOSE_MS = 3000;

/**
 * Starts a worker with all its roles. Returns its releasers: releasing them stops claiming, lets go of what runs for
 * others to follow, and closes everything; each step has a deadline.
 */
export function startWorker(config: WorkerConfig, log: Logger): Promise<Releasers> {
  return withReleasers(
    async (releasers) => {
      const workerId = newId();
      const adapters = openAdapters(config, log, releasers);
      const { database, storage, tickets, bell, channel } = adapters;
      // Without a list nothing is said about what was configured before.
      if (config.COMFYUI_URLS) await syncInstances(database, config.COMFYUI_URLS);

      const relayEvents = startTelling({ config, database, storage, channel, log }, releasers);

      const finalizer = new Finalizer({ workerId, database, storage, log, relayEvents });
      finalizer.start();
      releasers.push('finalizer', () => finalizer.stop(), { timeoutMs: STOP_MS });

      const repeat = (name: string, everyMs: number, run: () => Promise<void>) => {
        const onError = (error: unknown) => {
          log.error({ err: error, job: name }, 'job failed');
        };
        const repeating = startInterval({ name, everyMs, jitter: 0.2, run, onError });
        releasers.push(name, () => repeating.stop(), { timeoutMs: STOP_MS });
      };
      repeat('reconcile', RECONCILE_MS, () => reconcile({ database, bell }));
      repeat('settle', SETTLE_MS, () => settle(database));
      repeat('forecast', FORECAST_MS, createForesight(database));
      const policy = { orphanDays: config.CLEANUP_DAYS, isDryRun: config.CLEANUP_DRY_RUN };
      repeat('clean-up', CLEAN_UP_MS, () => cleanUpOnTime({ database, storage, log }, policy));

      const ringFinalize = () => {
        finalizer.ring();
      };
      const fleet = new Fleet({
        workerId,
        roles: ROLES,
        database,
        deployment: await readDeploymentId(database),
        storage,
        tickets,
        channel,
        log,
        ringFinalize,
        relayEvents,
      });
      fleet.start();
      releasers.push('fleet', () => fleet.stop(), { timeoutMs: STOP_MS });
      channel.onInstanceRing((id) => {
        fleet.lookAt(id);
      });
      log.info(
        { worker_id: workerId, roles: ROLES, configured_instances: config.COMFYUI_URLS?.length },
        'worker started',
      );
      return releasers;
    },
    { log },
  );
}

function openAdapters(config: WorkerConfig, log: Logger, releasers: Releasers) {
  const database = openDatabase({
    url: config.DATABASE_URL.reveal(),
    onError: (error) => {
      log.warn({ err: error }, 'idle database connection lost');
    },
  });
  releasers.push('database', () => database.close(), { timeoutMs: CLOSE_MS });

  const storage = createStorage(toStorageConfig(config));
  releasers.push('storage', () => storage.close(), { timeoutMs: CLOSE_MS });

  const redisUrl = config.REDIS_URL.reveal();
  const bell = createTicketBell({ redisUrl, log });
  releasers.push('bell', () => bell.close(), { timeoutMs: CLOSE_MS });

  const tickets = createTicketWaiter({ redisUrl, instanceClass: DEFAULT_CLASS, log });
  releasers.push('tickets', () => tickets.close(), { timeoutMs: CLOSE_MS });

  const channel = createLiveChannel({ redisUrl, log });
  releasers.push('live channel', () => channel.close(), { timeoutMs: CLOSE_MS });
  return { database, storage, bell, tickets, channel };
}
