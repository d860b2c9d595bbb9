import { mkdirSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { deployMigrations } from '@avatarforge/db';
import type { RunningPostgres, RunningService } from '@avatarforge/embedded';
import { withDeadline } from '@avatarforge/runtime';
import { makeFirstKey } from './apiKeys';
import type { BoardFacts, BoardRow } from './board';
import { CliError } from './cliError';
import { ROOT_DIR, type StartConfig } from './config';
import { noteDatabaseUrl } from './home/databaseUrl';
import { rememberPort } from './home/ports';
import { keepSecretKey } from './home/secretKey';
import { waitUntilReady } from './readiness';
import { appService, postgresService, redisService } from './services';
import { SupervisedService, type ServiceDefinition, type Surroundings } from './supervisedService';

const MIGRATE_TIMEOUT_MS = 120_000;
const READY_TIMEOUT_MS = 90_000;
/** A ComfyUI of the user may be loading, or be started later. */
const POOL_TIMEOUT_MS = 5_000;

/** The address of the API as a browser on this machine reaches it. */
export function urlOf({ host, port }: Pick<StartConfig, 'host' | 'port'>): string {
  const isAny = host === '0.0.0.0' || host === '::';
  const shown = isAny ? '127.0.0.1' : host;
  return `http://${isIPv6(shown) ? `[${shown}]` : shown}:${port}`;
}

/** Brings a database's tables up to date. @returns the names of the migrations applied now. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const migrationsDir = join(ROOT_DIR, 'prisma', 'migrations');
  try {
    const deploy = () => deployMigrations({ databaseUrl, migrationsDir });
    return await withDeadline(deploy, MIGRATE_TIMEOUT_MS, 'bringing the tables up to date');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `The tables of the database could not be brought up to date: ${why}\nPut that right, then start again.`,
      { cause: error },
    );
  }
}

/** Starts all that AvatarForge needs, in order, and keeps it running. */
export class System {
  readonly #services: SupervisedService[] = [];
  readonly #rows: BoardRow[] = [];
  #databaseMovedTo: string | undefined;
  #firstKey: string | null = null;

  constructor(
    private readonly config: StartConfig,
    private readonly surroundings: Surroundings,
  ) {}

  /** Starts everything and waits until pictures can be made. @throws CliError or EmbeddedError. */
  async start(): Promise<BoardFacts> {
    const { config } = this;
    const databaseUrl = config.databaseUrl ?? (await this.#startPostgres()).url;
    const redisUrl = config.redisUrl ?? (await this.#startRedis());
    await migrate(databaseUrl);
    if (config.hasAuth) this.#firstKey = await makeFirstKey(databaseUrl);
    if (config.storageDir !== undefined) {
      mkdirSync(config.storageDir, { recursive: true, mode: 0o700 });
    }
    const comfyuiUrl = config.comfyuiUrls.join(',') || (await this.#startSimulator());
    await this.#startApps({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      COMFYUI_URLS: comfyuiUrl,
    });
    const isPoolHealthy = await this.#waitUntilReady();
    return this.#boardFacts(isPoolHealthy);
  }

  /** From now on, a service that dies is started again. */
  watch(): void {
    for (const service of this.#services) service.watch();
  }

  /** The names of what runs, in the order in which it stops. */
  get names(): string[] {
    return this.#services.map(({ name }) => name).reverse();
  }

  /** Stops all in order, the last started first; at once when `force` is aborted. */
  async stop(force: AbortSignal): Promise<void> {
    const forced = new Promise<void>((resolve) => {
      if (force.aborted) resolve();
      force.addEventListener('abort', () => {
        resolve();
      });
    });
    const failures: unknown[] = [];
    for (const service of this.#services.toReversed()) {
      const stopping = Promise.race([service.stop(), forced.then(() => service.running.stop(0))]);
      await stopping.catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be stopped');
  }

  async #add<Running extends RunningService>(
    definition: ServiceDefinition<Running>,
    where: (running: Running) => string,
  ): Promise<Running> {
    const service = await SupervisedService.start(definition, this.surroundings);
    this.#services.push(service);
    this.#rows.push({
      name: service.name,
      where: where(service.running),
      pid: service.running.pid,
    });
    return service.running;
  }

  async #startPostgres(): Promise<RunningPostgres> {
    const { home } = this.config;
    const postgres = await this.#add(
      postgresService(home, await rememberPort(home, 'postgres')),
      ({ port, version, source }) => `127.0.0.1:${port}  PostgreSQL ${version} (${source})`,
    );
    noteDatabaseUrl(home, postgres.url);
    if (postgres.isMoved) this.#databaseMovedTo = postgres.dataDir;
    return postgres;
  }

  async #startRedis(): Promise<string> {
    const { home } = this.config;
    const redis = await this.#add(
      redisService(home, await rememberPort(home, 'redis')),
      ({ port, version, source }) => `127.0.0.1:${port}  ${version} (${source})`,
    );
    return redis.url;
  }

  async #startSimulator(): Promise<string> {
    const { home, environment } = this.config;
    const port = await rememberPort(home, 'comfy-sim');
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...environment,
      COMFY_SIM_HOST: '127.0.0.1',
      COMFY_SIM_PORT: String(port),
      COMFY_SIM_DIR: join(home, 'comfy-sim'),
    };
    await this.#add(appService(home, 'comfy-sim', env), () => url);
    return url;
  }

  async #startApps(addresses: Record<string, string>): Promise<void> {
    const { home, host, port, hasAuth, storageDir, secretKey, environment } = this.config;
    const env = {
      PUBLIC_URL: urlOf(this.config),
      ...environment,
      ...addresses,
      HOST: host,
      PORT: String(port),
      AUTH: hasAuth ? 'on' : 'off',
      SECRET_KEY: secretKey ?? keepSecretKey(home),
      ...(storageDir !== undefined && { STORAGE_PATH: storageDir }),
    };
    await this.#add(appService(home, 'worker', env), () => 'makes the pictures');
    await this.#add(appService(home, 'api', env), () => urlOf(this.config));
  }

  /** Waits, but not for a service that has died meanwhile. */
  async #waitUntilReady(): Promise<boolean> {
    const settled = new AbortController();
    const deaths = this.#services.map(async ({ name, running }) => {
      await running.exited;
      throw new CliError(
        `${name} ended while it was starting. The last it wrote:\n\n${running.tail()}\n\n` +
          `All of it is in ${join(this.config.home, 'logs', `${name}.log`)}.`,
      );
    });
    const ready = waitUntilReady(urlOf(this.config), {
      timeoutMs: READY_TIMEOUT_MS,
      poolTimeoutMs: POOL_TIMEOUT_MS,
      signal: AbortSignal.any([this.surroundings.signal, settled.signal]),
      todo: `Look at the logs in ${join(this.config.home, 'logs')}.`,
    });
    try {
      return await Promise.race([ready, ...deaths]);
    } finally {
      settled.abort();
    }
  }

  #boardFacts(isPoolHealthy: boolean): BoardFacts {
    const { config } = this;
    const hostOf = (url: string): string => new URL(url).host;
    const given: [string, string | undefined][] = [
      ['postgres', config.databaseUrl && hostOf(config.databaseUrl)],
      ['redis', config.redisUrl && hostOf(config.redisUrl)],
      ['ComfyUI', config.comfyuiUrls.join(', ') || undefined],
    ];
    const yours = given.flatMap(([name, where]) =>
      where === undefined ? [] : [{ name, where, pid: undefined }],
    );
    return {
      url: urlOf(config),
      rows: [...this.#rows.toReversed(), ...yours],
      data: [
        { name: 'data', path: config.home },
        { name: 'pictures', path: config.storageDir ?? 'the S3 bucket in S3_BUCKET' },
        { name: 'logs', path: join(config.home, 'logs') },
      ],
      isSimulated: config.comfyuiUrls.length === 0,
      isPoolHealthy,
      databaseMovedTo: this.#databaseMovedTo,
      hasAuth: config.hasAuth,
      firstKey: this.#firstKey,
    };
  }
}
