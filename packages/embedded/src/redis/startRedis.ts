import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { choosePort } from '../choosePort';
import { plainEnvironment } from '../config';
import { explain } from '../embeddedError';
import { reapService } from '../process/reapStale';
import { spawnService, type RunningService } from '../process/spawnService';
import { waitUntilServing } from '../process/waitUntilServing';
import { findSystemRedis, type RedisBinary, type RedisSource } from './binaries';
import { debianRedis } from './debianPackages';
import { answersPing } from './ping';

/** How to start a Redis server. */
export interface RedisOptions {
  /** The folder for data, logs and pid files; made when absent. */
  home: string;
  /** TCP port on 127.0.0.1; a free one unless told. */
  port?: number;
  /** Takes one line of progress at a time. */
  log: (line: string) => void;
  /** False for tests: nothing is kept on disk. */
  durable?: boolean;
  /** Where a fetched server is kept; `home/cache` unless told. */
  cacheDir?: string;
  /** Takes only a server of this kind; unless told, the system's comes first. */
  source?: RedisSource;
  signal?: AbortSignal;
}

/** A running Redis (or Valkey) server, without a password, on 127.0.0.1 alone. */
export interface RunningRedis extends RunningService {
  url: string;
  port: number;
  source: RedisSource;
  version: string;
}

const READY_TIMEOUT_MS = 60_000;
const NOT_STARTED = 'Redis did not start.';

async function chooseBinary(home: string, options: RedisOptions): Promise<RedisBinary> {
  const system = options.source === 'debian' ? undefined : await findSystemRedis();
  return system ?? debianRedis(resolve(options.cacheDir ?? join(home, 'cache')), options);
}

function serverArgs(port: number, durable: boolean): string[] {
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    daemonize: 'no',
    // The queue's jobs must never be evicted to make room.
    'maxmemory-policy': 'noeviction',
    save: '',
    appendonly: durable ? 'yes' : 'no',
  };
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
}

/**
 * Starts a real Redis server on 127.0.0.1 and waits until it answers. What an earlier, killed start
 * left under the same `home` is ended first; its data is kept.
 * @throws EmbeddedError
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const home = resolve(options.home);
  const runDir = join(home, 'run');
  const dataDir = join(home, 'redis');
  const logFile = join(home, 'logs', 'redis.log');
  const todo = `Look at ${logFile}; ${dataDir} may be removed, it holds nothing that is not also in Postgres.`;
  try {
    await reapService(join(runDir, 'redis.pid'));
    const binary = await chooseBinary(home, options);
    const port = await choosePort(NOT_STARTED, options.port);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const service = await spawnService({
      name: 'redis',
      command: binary.program,
      args: serverArgs(port, options.durable !== false),
      env: { ...plainEnvironment(), ...binary.env },
      cwd: dataDir,
      runDir,
      logFile,
    });
    await waitUntilServing(service, {
      isServing: () => answersPing(port),
      timeoutMs: READY_TIMEOUT_MS,
      what: NOT_STARTED,
      todo,
      signal: options.signal,
    });
    const stop = async (timeoutMs?: number): Promise<void> => {
      await service.stop(timeoutMs);
      if (options.durable === false) rmSync(dataDir, { recursive: true, force: true });
    };
    const { source, version } = binary;
    return { ...service, stop, url: `redis://127.0.0.1:${port}`, port, source, version };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explain(NOT_STARTED, error, todo);
  }
}
