import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { choosePort } from '../choosePort';
import { plainEnvironment } from '../config';
import { explain } from '../embeddedError';
import { reapService } from '../process/reapStale';
import { spawnService, type RunningService } from '../process/spawnService';
import { waitUntilServing } from '../process/waitUntilServing';
import { answersOn } from '../answersOn';
import { answersS3 } from './answersS3';
import { findCeph, type CephPrograms, type CephSource } from './cephPrograms';
import { makeCluster, type Cluster } from './makeCluster';

/** How to start an S3 service for tests. */
export interface S3Options {
  /** The folder for data, logs and pid files; made when absent. */
  home: string;
  /** Takes one line of progress at a time. */
  log: (line: string) => void;
  /** Where fetched programs are kept; `home/cache` unless told. */
  cacheDir?: string;
  /** Takes only programs from there; unless told, the system's come first. */
  source?: CephSource;
  signal?: AbortSignal;
}

/** A running S3 service (Ceph) on 127.0.0.1 alone, whose objects are in memory, and its one user. */
export interface RunningS3 {
  /** `http://127.0.0.1:PORT`; buckets belong into the path. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  source: CephSource;
  version: string;
  /** Ends its processes and removes its data. */
  stop: () => Promise<void>;
}

/** In the order in which they start: each needs those before it. */
const SERVICES = ['s3-monitor', 's3-store', 's3-gateway'] as const;
const READY_TIMEOUT_MS = 60_000;
const NOT_STARTED = 'The S3 service (Ceph) did not start.';
const REGION = 'us-east-1';

interface Starting {
  home: string;
  programs: CephPrograms;
  cluster: Cluster;
  signal: AbortSignal | undefined;
}

function logFileOf(home: string, name: string): string {
  return join(home, 'logs', `${name}.log`);
}

function spawnCeph(
  { home, programs, cluster }: Starting,
  name: (typeof SERVICES)[number],
  [program, ...args]: [keyof CephPrograms['paths'], ...string[]],
): Promise<RunningService> {
  return spawnService({
    name,
    command: programs.paths[program],
    args: ['-f', ...args],
    env: { ...plainEnvironment(), ...cluster.env },
    cwd: cluster.dir,
    runDir: join(home, 'run'),
    logFile: logFileOf(home, name),
  });
}

async function waitForAnswer(
  { home, signal }: Starting,
  service: RunningService,
  isServing: () => Promise<boolean>,
): Promise<void> {
  const todo = `Look at ${logFileOf(home, service.name)}.`;
  const limits = { timeoutMs: READY_TIMEOUT_MS, signal };
  await waitUntilServing(service, { isServing, what: NOT_STARTED, todo, ...limits });
}

/** Starts the three processes, each of which is pushed to `running`, and makes the user. */
async function startCluster(starting: Starting, running: RunningService[]) {
  const { cluster } = starting;
  const add = (service: RunningService): RunningService => {
    running.push(service);
    return service;
  };
  const monitor = add(await spawnCeph(starting, 's3-monitor', ['ceph-mon', '-i', 'a']));
  await waitForAnswer(starting, monitor, () => answersOn(cluster.monitorPort));
  add(await spawnCeph(starting, 's3-store', ['ceph-osd', '-i', '0']));

  const user = { accessKeyId: 'avatarforge', secretAccessKey: randomBytes(24).toString('hex') };
  const keys = [`--access-key=${user.accessKeyId}`, `--secret-key=${user.secretAccessKey}`];
  const create = ['user', 'create', '--uid=test', '--display-name=test', ...keys];
  // Waits by itself until the store serves.
  await cluster.run('radosgw-admin', ...create);

  const port = await choosePort(NOT_STARTED, undefined);
  const endpoint = `http://127.0.0.1:${port}`;
  const listen = `--rgw-frontends=beast endpoint=127.0.0.1:${port}`;
  const gateway = ['radosgw', '-n', 'client.admin', listen] as const;
  const service = add(await spawnCeph(starting, 's3-gateway', [...gateway]));
  await waitForAnswer(starting, service, () => answersS3(endpoint));
  return { endpoint, ...user };
}

/** There is nothing to save: each is killed, those that need others first. */
async function stopAll(running: readonly RunningService[], dir: string): Promise<void> {
  for (const service of running.toReversed()) await service.stop(0);
  rmSync(dir, { recursive: true, force: true });
}

/**
 * Starts Ceph with its S3 gateway on free ports of 127.0.0.1, empty, and waits until it answers. It
 * runs as whoever starts it. What an earlier, killed start left under the same `home` is ended first.
 * @throws EmbeddedError
 */
export async function startS3(options: S3Options): Promise<RunningS3> {
  const { log, source, signal } = options;
  const home = resolve(options.home);
  const dir = join(home, 's3');
  const running: RunningService[] = [];
  try {
    for (const name of SERVICES.toReversed()) await reapService(join(home, 'run', `${name}.pid`));
    const cacheDir = options.cacheDir ?? join(home, 'cache');
    const programs = await findCeph(cacheDir, { log, signal, source });
    const monitorPort = await choosePort(NOT_STARTED, undefined);
    const cluster = await makeCluster(dir, programs, { monitorPort, signal });
    const started = await startCluster({ home, programs, cluster, signal }, running);
    const stop = (): Promise<void> => stopAll(running, dir);
    return { ...started, region: REGION, source: programs.source, version: programs.version, stop };
  } catch (error) {
    await stopAll(running, dir);
    signal?.throwIfAborted();
    throw explain(NOT_STARTED, error, `Look at the logs in ${join(home, 'logs')}.`);
  }
}
