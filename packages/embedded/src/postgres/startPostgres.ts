import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { choosePort } from '../choosePort';
import { plainEnvironment } from '../config';
import { explain } from '../embeddedError';
import { reapService } from '../process/reapStale';
import { spawnService, type RunningService } from '../process/spawnService';
import { waitUntilServing } from '../process/waitUntilServing';
import type { PostgresSource } from './binaries';
import { chooseBinaries, rememberBinaries } from './chooseBinaries';
import { initialise, keepPassword, POSTGRES_NAME } from './initialise';
import { choosePlace, type Place } from './place';
import { clearStalePostmaster, isPostmasterReady } from './postmasterPid';

/** How to start a Postgres server. */
export interface PostgresOptions {
  /** The folder for data, logs and pid files; made when absent. */
  home: string;
  /** TCP port on 127.0.0.1; a free one unless told. */
  port?: number;
  /** Takes one line of progress at a time. */
  log: (line: string) => void;
  /** False for tests: nothing is synced to disk, and the data goes when the server stops. */
  durable?: boolean;
  maxConnections?: number;
  /** Takes only binaries of this kind for new data; unless told, the system's come first. */
  source?: PostgresSource;
  signal?: AbortSignal;
}

/** A running Postgres server; `url` names our role (a superuser of this server) and its database. */
export interface RunningPostgres extends RunningService {
  url: string;
  port: number;
  source: PostgresSource;
  version: string;
  dataDir: string;
  /** True when the data had to go outside of `home`. */
  isMoved: boolean;
}

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const NOT_STARTED = 'PostgreSQL did not start.';

function serverArgs(place: Place, port: number, options: PostgresOptions): string[] {
  const { durable = true, maxConnections = 100 } = options;
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file: its path may be too long, and its folder closed to the server's user.
    unix_socket_directories: '',
    max_connections: maxConnections,
    logging_collector: 'off',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return ['-D', place.dataDir, ...flags];
}

async function prepare(home: string, options: PostgresOptions) {
  const place = await choosePlace(home);
  const binaries = await chooseBinaries(place, options.source);
  if (existsSync(place.dataDir)) {
    clearStalePostmaster(place.dataDir);
  } else {
    options.log(`Making a database with PostgreSQL ${binaries.version} (${binaries.source}).`);
    await initialise(place, binaries, {
      isDurable: options.durable !== false,
      signal: options.signal,
    });
  }
  rememberBinaries(place, binaries);
  return { place, binaries };
}

/**
 * Starts a real Postgres server on 127.0.0.1 and waits until it takes connections. What an earlier,
 * killed start left under the same `home` is ended first; its data is kept.
 * @throws EmbeddedError
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const home = resolve(options.home);
  const runDir = join(home, 'run');
  const logFile = join(home, 'logs', 'postgres.log');
  try {
    await reapService(join(runDir, 'postgres.pid'));
    const { place, binaries } = await prepare(home, options);
    const port = await choosePort(NOT_STARTED, options.port);
    const service = await spawnService({
      name: 'postgres',
      command: join(binaries.binDir, 'postgres'),
      args: serverArgs(place, port, options),
      env: plainEnvironment(),
      cwd: '/',
      runDir,
      logFile,
      account: place.account,
      stopSignal: 'SIGINT',
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
    await waitUntilServing(service, {
      isServing: () => isPostmasterReady(place.dataDir, service.pid),
      timeoutMs: READY_TIMEOUT_MS,
      what: NOT_STARTED,
      todo: `Look at ${logFile}.`,
      signal: options.signal,
    });
    const stop = async (timeoutMs?: number): Promise<void> => {
      await service.stop(timeoutMs);
      if (options.durable === false) rmSync(place.root, { recursive: true, force: true });
    };
    return {
      ...service,
      stop,
      url: `postgresql://${POSTGRES_NAME}:${keepPassword(place)}@127.0.0.1:${port}/${POSTGRES_NAME}`,
      port,
      source: binaries.source,
      version: binaries.version,
      dataDir: place.dataDir,
      isMoved: place.isMoved,
    };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explain(NOT_STARTED, error, `Look at ${logFile}.`);
  }
}
