import { join } from 'node:path';
import {
  spawnService,
  startPostgres,
  startRedis,
  type RunningPostgres,
  type RunningRedis,
} from '@avatarforge/embedded';
import { ROOT_DIR } from './config';
import type { ServiceDefinition } from './supervisedService';
import { say } from './terminal';

const STOP_TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 200;
/** Else glibc keeps memory of each thread apart, and a burst of pictures leaves it grown. */
const GLIBC = { MALLOC_ARENA_MAX: '2' };

/** A Postgres of our own, on the same port in every start. */
export function postgresService(home: string, port: number): ServiceDefinition<RunningPostgres> {
  return {
    name: 'postgres',
    start: (signal) =>
      startPostgres({ home, port, log: say, maxConnections: MAX_CONNECTIONS, signal }),
  };
}

/** A Redis of our own, on the same port in every start. */
export function redisService(home: string, port: number): ServiceDefinition<RunningRedis> {
  return { name: 'redis', start: (signal) => startRedis({ home, port, log: say, signal }) };
}

/** One of our own programs (`apps/NAME`) with the variables it is given. */
export function appService(
  home: string,
  name: string,
  env: Record<string, string>,
): ServiceDefinition {
  return {
    name,
    start: () =>
      spawnService({
        name,
        command: process.execPath,
        args: ['--enable-source-maps', join(ROOT_DIR, 'apps', name, 'dist', 'main.js')],
        env: { ...GLIBC, ...env },
        cwd: ROOT_DIR,
        runDir: join(home, 'run'),
        logFile: join(home, 'logs', `${name}.log`),
        stopTimeoutMs: STOP_TIMEOUT_MS,
      }),
  };
}
