import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployMigrations, openDatabase, type Database } from '@avatarforge/db';
import {
  freePort,
  spawnService,
  startPostgres,
  startRedis,
  waitUntil,
} from '@avatarforge/embedded';
import type { Releasers } from '@avatarforge/runtime';

const ROOT = join(__dirname, '../../..');
const STOP_MS = 10_000;
const START_MS = 30_000;

/** A Postgres and a Redis of the bench's own. */
export interface Servers {
  home: string;
  databaseUrl: string;
  redisUrl: string;
  database: Database;
}

/** Starts servers with empty tables; everything is given back by `releasers`. */
export async function startServers(releasers: Releasers): Promise<Servers> {
  const home = await mkdtemp(join(tmpdir(), 'avatarforge-bench-'));
  const remove = () => rm(home, { recursive: true, force: true });
  releasers.push('folder', remove, { timeoutMs: STOP_MS });
  const options = { home, durable: false, log: () => undefined };
  const postgres = await startPostgres(options);
  releasers.push('postgres', () => postgres.stop(), { timeoutMs: STOP_MS });
  const redis = await startRedis(options);
  releasers.push('redis', () => redis.stop(), { timeoutMs: STOP_MS });
  const migrationsDir = join(ROOT, 'prisma/migrations');
  await deployMigrations({ databaseUrl: postgres.url, migrationsDir });
  const database = openDatabase({ url: postgres.url, onError: () => undefined });
  releasers.push('database', () => database.close(), { timeoutMs: STOP_MS });
  return { home, databaseUrl: postgres.url, redisUrl: redis.url, database };
}

/** Starts one of our programs on these servers; `env`: what else it is told. Gives the last it wrote. */
export async function startProgram(
  name: string,
  { home, databaseUrl, redisUrl }: Servers,
  { env, releasers }: { env: Record<string, string>; releasers: Releasers },
): Promise<() => string> {
  const program = await spawnService({
    name,
    command: process.execPath,
    args: [join(ROOT, 'apps', name, 'dist/main.js')],
    env: {
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, STORAGE_PATH: join(home, 'storage') },
      ...{ LOG_LEVEL: 'error', MALLOC_ARENA_MAX: '2', ...env },
    },
    cwd: ROOT,
    runDir: join(home, 'run'),
    logFile: join(home, 'logs', `${name}.log`),
  });
  releasers.push(name, () => program.stop(), { timeoutMs: STOP_MS });
  return () => program.tail();
}

/** Starts an API that asks for keys. Gives the port on which it answers. */
export async function startApi(servers: Servers, releasers: Releasers): Promise<number> {
  const port = await freePort();
  const tail = await startProgram('api', servers, { env: { PORT: String(port) }, releasers });
  await untilAnswered(`http://127.0.0.1:${port}/livez`, tail);
  return port;
}

/** @throws Error with the last that it wrote, when nothing answers in time */
export async function untilAnswered(url: string, tail: () => string): Promise<void> {
  const isUp = await waitUntil(() => isAnswered(url), { timeoutMs: START_MS });
  if (!isUp) throw new Error(`${url} did not answer\n${tail()}`);
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
