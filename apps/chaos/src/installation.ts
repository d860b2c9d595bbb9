import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  freePort,
  startPostgres,
  startRedis,
  startS3,
  type RunningService,
} from '@avatarforge/embedded';
import { openFaultProxy, type FaultProxy } from '@avatarforge/fault-proxy';
import {
  startApi,
  startComfySim,
  startProgram,
  startServers,
  untilServing,
  type ProgramOptions,
  type Servers,
  type Surroundings,
} from '@avatarforge/rig';
import type { Releasers } from '@avatarforge/runtime';
import { createStorage, type ObjectStorage } from '@avatarforge/storage';
import { keep, type Keeper } from './keeper';

const STOP_MS = 15_000;
const MAX_CONNECTIONS = 150;
const BUCKET = 'chaos';

/** A cable between two parts. */
interface Link {
  /** `worker 2 – postgres` */
  name: string;
  proxy: FaultProxy;
}

/** A program, and the cables to what it needs. */
interface Program extends Keeper {
  links: readonly Link[];
}

/** Its links are to Postgres and Redis. */
interface Api extends Program {
  /** Where clients reach it. */
  url: string;
  /** The cable between it and them. */
  clients: Link;
}

/** Its links are to Postgres and Redis. */
interface Worker extends Program {
  /** What the process that runs now, or ran last, calls itself. */
  workerId(): string;
}

/** A simulated ComfyUI. */
export interface Instance extends Keeper {
  /** As workers know it. */
  url: string;
  /** Past its cable: for faults and for what it ran. */
  directUrl: string;
  link: Link;
}

/** What keeps the pictures. */
interface Store {
  kind: 'disk' | 's3';
  /** Past every cable. */
  direct: ObjectStorage;
  /** Takes it away from everybody. */
  breakDown(): Promise<void>;
  mend(): Promise<void>;
}

/** All that can be broken. */
export interface Installation {
  servers: Servers;
  apis: readonly Api[];
  workers: readonly Worker[];
  instances: readonly Instance[];
  postgres: Keeper;
  redis: Keeper;
  store: Store;
  links: readonly Link[];
}

/** How large it is to be. */
export interface Size {
  apis: number;
  workers: number;
  instances: number;
  storage: 'disk' | 's3';
  /** Time of one sampling step of the simulators. */
  stepMs: number;
}

/** Starts everything, each part behind a cable of its own. */
export async function startInstallation(releasers: Releasers, size: Size): Promise<Installation> {
  const options = { isDurable: true, maxConnections: MAX_CONNECTIONS };
  const servers = await startServers(releasers, options);
  const { home, postgres, redis } = servers;
  const quietly = { home, log: () => undefined };
  const again = { port: postgres.port, maxConnections: MAX_CONNECTIONS };
  const keptPostgres = keep('postgres', () => startPostgres({ ...quietly, ...again }), postgres);
  const startedRedis = { ...quietly, port: redis.port, durable: false };
  const keptRedis = keep('redis', () => startRedis(startedRedis), redis);
  for (const kept of [keptPostgres, keptRedis]) stopAtEnd(releasers, kept);

  const { store, env } = await openStore(size.storage, servers, releasers);
  const instances = await times(size.instances, (n) =>
    givenInstance(`instance ${n}`, { servers, releasers, stepMs: size.stepMs }),
  );
  const context = { servers, releasers, env };
  const apis = await times(size.apis, (n) => givenApi(`api ${n}`, context));
  const urls = instances.map(({ url }) => url).join(',');
  const env2 = { ...env, COMFYUI_URLS: urls, OUTBOUND_ALLOW: '127.0.0.1', LOG_LEVEL: 'info' };
  const workers = await times(size.workers, (n) =>
    givenWorker(`worker ${n}`, { ...context, env: env2 }),
  );
  const links = [...apis, ...workers].flatMap((program) => program.links);
  return {
    ...{ servers, apis, workers, instances, store },
    ...{ postgres: keptPostgres, redis: keptRedis },
    links: [...links, ...apis.map(({ clients }) => clients), ...instances.map(({ link }) => link)],
  };
}

const times = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index + 1)));

/** The first start has a release of its own, which knows nothing of later ones. */
function stopAtEnd(releasers: Releasers, kept: Keeper): void {
  releasers.push(kept.name, () => kept.kill(), { timeoutMs: STOP_MS });
}

async function openLink(name: string, url: string, releasers: Releasers): Promise<Link> {
  const proxy = await openFaultProxy(url);
  releasers.push(name, () => proxy.close(), { timeoutMs: STOP_MS });
  return { name, proxy };
}

interface Context {
  servers: Servers;
  releasers: Releasers;
  env: Record<string, string>;
}

async function openStore(
  kind: Size['storage'],
  { home }: Servers,
  releasers: Releasers,
): Promise<{ store: Store; env: Record<string, string> }> {
  if (kind === 'disk') return { store: diskStore(join(home, 'storage')), env: {} };
  const s3 = await startS3({ home, log: () => undefined });
  releasers.push('s3', () => s3.stop(), { timeoutMs: STOP_MS });
  const { proxy } = await openLink('s3', s3.endpoint, releasers);
  const { region, accessKeyId, secretAccessKey } = s3;
  const direct = createStorage({
    ...{ root: home, endpoint: s3.endpoint, region, bucket: BUCKET },
    ...{ accessKeyId, secretAccessKey, forcePathStyle: true, createBucket: true },
  });
  await direct.check();
  const env = {
    ...{ S3_ENDPOINT: proxy.url.replace(/\/$/, ''), S3_BUCKET: BUCKET, S3_REGION: region },
    ...{ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
  };
  const store = { direct, breakDown: () => proxy.cut(), mend: () => proxy.restore() };
  return { store: { kind, ...store }, env };
}

/** A folder is away when a file stands in its place. */
function diskStore(root: string): Store {
  const away = `${root}.away`;
  return {
    kind: 'disk',
    direct: createStorage({ root, region: '', forcePathStyle: true, createBucket: true }),
    async breakDown() {
      await rename(root, away);
      await writeFile(root, '');
    },
    async mend() {
      await rm(root);
      await rename(away, root);
    },
  };
}

async function givenInstance(
  name: string,
  { servers, releasers, stepMs }: { servers: Servers; releasers: Releasers; stepMs: number },
): Promise<Instance> {
  const port = await freePort();
  const directUrl = `http://127.0.0.1:${port}`;
  const link = await openLink(`workers – ${name}`, directUrl, releasers);
  const env = {
    ...{
      COMFY_SIM_PORT: String(port),
      COMFY_SIM_STEP_MS: String(stepMs),
      COMFY_SIM_LOAD_MS: '200',
    },
    COMFY_SIM_JOURNAL: join(servers.home, `${name}.journal`),
  };
  const start = () => startComfySim(servers, { releasers: ignored, as: name, env });
  const kept = keep(name, start);
  stopAtEnd(releasers, kept);
  await kept.start();
  return { ...kept, url: link.proxy.url.replace(/\/$/, ''), directUrl, link };
}

/** Each program has cables of its own to the servers. */
async function linked(name: string, { servers, releasers }: Context) {
  const postgres = await openLink(`${name} – postgres`, servers.databaseUrl, releasers);
  const redis = await openLink(`${name} – redis`, servers.redisUrl, releasers);
  const around: Surroundings = {
    home: servers.home,
    databaseUrl: postgres.proxy.url,
    redisUrl: redis.proxy.url,
  };
  return { around, links: [postgres, redis] };
}

async function givenApi(name: string, context: Context): Promise<Api> {
  const { releasers } = context;
  const { around, links } = await linked(name, context);
  const port = await freePort();
  const clients = await openLink(`clients – ${name}`, `http://127.0.0.1:${port}`, releasers);
  const env = { ...context.env, PORT: String(port), OUTBOUND_ALLOW: '127.0.0.1' };
  const kept = keep(name, () => startApi(around, { releasers: ignored, as: name, env }));
  stopAtEnd(releasers, kept);
  await kept.start();
  const url = clients.proxy.url.replace(/\/$/, '');
  return { ...kept, links, clients, url };
}

async function givenWorker(name: string, context: Context): Promise<Worker> {
  const { around, links } = await linked(name, context);
  const options: ProgramOptions = { releasers: ignored, as: name, env: context.env };
  let workerId: string | null = null;
  const kept = keep(name, async () => {
    const worker = await startProgram('worker', around, options);
    const isStarted = () => (workerId = workerIdOf(worker)) !== null;
    await untilServing(worker, isStarted);
    return worker;
  });
  stopAtEnd(context.releasers, kept);
  await kept.start();
  return { ...kept, links, workerId: () => workerId ?? '' };
}

/** What a worker calls itself, once it has said so. */
function workerIdOf(worker: RunningService): string | null {
  return /"worker_id":"([0-9a-f-]+)"/.exec(worker.tail())?.[1] ?? null;
}

/** A program that is started again and again is given back once, by its keeper. */
const ignored: Releasers = { push: () => undefined, release: () => Promise.resolve() };
