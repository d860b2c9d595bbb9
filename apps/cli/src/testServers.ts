import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  identityOf,
  isRunning,
  readPidFile,
  reapStale,
  startPostgres,
  startRedis,
  startS3,
  writePidFile,
  type RunningS3,
} from '@avatarforge/embedded';
import { ROOT_DIR } from './config';

/** What a run of the tests was given, and whether it wants an S3 service too. */
interface GivenServers {
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  startsS3: boolean;
}

/** Servers for one run of the tests. */
export interface TestServers {
  databaseUrl: string;
  redisUrl: string;
  /** Undefined unless it was asked for. */
  s3: RunningS3 | undefined;
  /** A temporary folder, removed by `stop`. */
  home: string;
  /** Stops what was started and removes its folder. */
  stop: () => Promise<void>;
}

const PREFIX = 'avatarforge-npm-test-';
const OWNER_FILE = 'owner.pid';
const MAX_CONNECTIONS = 300;

/** Ends what a killed run of the tests left behind. */
async function reapAbandoned(): Promise<void> {
  const homes = readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(tmpdir(), name));
  for (const home of homes) {
    if (!existsSync(join(home, OWNER_FILE))) continue;
    const owner = readPidFile(join(home, OWNER_FILE));
    if (owner && isRunning(owner)) continue;
    await reapStale(join(home, 'run'));
    rmSync(home, { recursive: true, force: true });
  }
}

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), PREFIX));
  const identity = identityOf(process.pid) ?? '';
  writePidFile(join(home, OWNER_FILE), { pid: process.pid, identity, note: '' });
  return home;
}

/**
 * Starts a Postgres and a Redis in a temporary folder, without durability, on free ports;
 * those that are `given` are used instead. An S3 service is started when it is wanted.
 * @throws EmbeddedError
 */
export async function startTestServers(
  given: GivenServers,
  { log, signal }: { log: (line: string) => void; signal: AbortSignal },
): Promise<TestServers> {
  await reapAbandoned();
  const home = makeHome();
  const running: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const service of running.toReversed()) await service.stop();
    rmSync(home, { recursive: true, force: true });
  };
  const add = async <T extends { stop: () => Promise<void> }>(service: Promise<T>): Promise<T> => {
    const started = await service;
    running.push(started);
    return started;
  };
  const options = { home, log, signal, durable: false };
  // What has to be fetched is kept where `npm start` looks for it too.
  const cacheDir = join(ROOT_DIR, '.avatarforge', 'cache');
  try {
    const databaseUrl =
      given.databaseUrl ??
      (await add(startPostgres({ ...options, maxConnections: MAX_CONNECTIONS }))).url;
    const redisUrl = given.redisUrl ?? (await add(startRedis({ ...options, cacheDir }))).url;
    const s3 = given.startsS3 ? await add(startS3({ home, log, signal, cacheDir })) : undefined;
    return { databaseUrl, redisUrl, s3, home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
