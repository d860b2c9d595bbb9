import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deployMigrations, openDatabase, type Database } from '@avatarforge/db';
import {
  startPostgres,
  startRedis,
  type RunningPostgres,
  type RunningRedis,
} from '@avatarforge/embedded';
import type { Releasers } from '@avatarforge/runtime';

/** The root of the repository. */
export const ROOT = join(__dirname, '../../..');
const STOP_MS = 30_000;

/** A Postgres with our tables and a Redis, used by nobody else. */
export interface Servers {
  /** A folder for all that runs beside them; removed at the end. */
  home: string;
  databaseUrl: string;
  redisUrl: string;
  /** The rig's own connections. */
  database: Database;
  postgres: RunningPostgres;
  redis: RunningRedis;
}

/** How the servers are to be. */
export interface ServersOptions {
  /** Postgres syncs every commit to disk, and its data outlives a restart. */
  isDurable?: boolean;
  maxConnections?: number;
}

/**
 * Starts servers with empty tables on free ports of loopback; all is given back by `releasers`.
 * @throws EmbeddedError
 */
export async function startServers(
  releasers: Releasers,
  { isDurable = false, maxConnections = 200 }: ServersOptions = {},
): Promise<Servers> {
  const home = await mkdtemp(join(tmpdir(), 'avatarforge-rig-'));
  const remove = () => rm(home, { recursive: true, force: true });
  releasers.push('folder', remove, { timeoutMs: STOP_MS });
  // What was downloaded once is not downloaded again.
  const cache = join(ROOT, '.avatarforge/cache');
  if (existsSync(cache)) symlinkSync(cache, join(home, 'cache'));
  const options = { home, durable: isDurable, log: () => undefined };
  const postgres = await startPostgres({ ...options, maxConnections });
  const stopPostgres = async () => {
    await postgres.stop();
    // It may lie outside of the folder.
    await rm(dirname(postgres.dataDir), { recursive: true, force: true });
  };
  releasers.push('postgres', stopPostgres, { timeoutMs: STOP_MS });
  const redis = await startRedis({ ...options, durable: false });
  releasers.push('redis', () => redis.stop(), { timeoutMs: STOP_MS });
  const migrationsDir = join(ROOT, 'prisma/migrations');
  await deployMigrations({ databaseUrl: postgres.url, migrationsDir });
  const database = openDatabase({ url: postgres.url, onError: () => undefined });
  releasers.push('database', () => database.close(), { timeoutMs: STOP_MS });
  return { home, databaseUrl: postgres.url, redisUrl: redis.url, database, postgres, redis };
}
