import { join } from 'node:path';
import { freePort, spawnService, waitUntil, type RunningService } from '@avatarforge/embedded';
import type { Releasers } from '@avatarforge/runtime';
import { ROOT, type Servers } from './servers';

const STOP_MS = 15_000;
const START_MS = 60_000;

/** One of our programs. */
export type ProgramName = 'api' | 'worker' | 'comfy-sim';

/** A program that answers on a port of loopback. */
export interface ServingProgram extends RunningService {
  url: string;
}

/** How a program is started. */
export interface ProgramOptions {
  releasers: Releasers;
  /** What it is told beside where the servers are. */
  env?: Record<string, string>;
  /** Its own name, where several of a kind run. */
  as?: string;
}

/** Where programs find the servers; `home` is their folder, too. */
export type Surroundings = Pick<Servers, 'home' | 'databaseUrl' | 'redisUrl'>;

/** Starts one of our programs, as built, on these servers. */
export async function startProgram(
  name: ProgramName,
  { home, databaseUrl, redisUrl }: Surroundings,
  { env, releasers, as = name }: ProgramOptions,
): Promise<RunningService> {
  const program = await spawnService({
    name: as,
    command: process.execPath,
    args: ['--enable-source-maps', join(ROOT, 'apps', name, 'dist/main.js')],
    env: {
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, STORAGE_PATH: join(home, 'storage') },
      ...{ LOG_LEVEL: 'error', MALLOC_ARENA_MAX: '2', ...env },
    },
    cwd: ROOT,
    runDir: join(home, 'run'),
    logFile: join(home, 'logs', `${as}.log`),
  });
  releasers.push(as, () => program.stop(), { timeoutMs: STOP_MS });
  return program;
}

/** Starts an API and waits until it lives; it asks for keys unless `env` says otherwise. */
export function startApi(servers: Surroundings, options: ProgramOptions): Promise<ServingProgram> {
  return startServing('api', servers, { ...options, portVariable: 'PORT', path: '/livez' });
}

/** Starts a simulated ComfyUI and waits until it answers. */
export function startComfySim(
  servers: Surroundings,
  options: ProgramOptions,
): Promise<ServingProgram> {
  const directory = join(servers.home, options.as ?? 'comfy-sim');
  const env = { COMFY_SIM_HOST: '127.0.0.1', COMFY_SIM_DIR: directory, ...options.env };
  const served = { portVariable: 'COMFY_SIM_PORT', path: '/system_stats' };
  return startServing('comfy-sim', servers, { ...options, env, ...served });
}

async function startServing(
  name: ProgramName,
  servers: Surroundings,
  { portVariable, path, ...options }: ProgramOptions & { portVariable: string; path: string },
): Promise<ServingProgram> {
  const port = options.env?.[portVariable] ?? String(await freePort());
  const env = { ...options.env, [portVariable]: port };
  const program = await startProgram(name, servers, { ...options, env });
  const url = `http://127.0.0.1:${port}`;
  await untilServing(program, () => isAnswered(url + path));
  return { ...program, url };
}

/**
 * Waits until a program serves.
 * @throws Error with the last that it wrote, when it ends or takes longer than a minute; it is ended then.
 */
export async function untilServing(
  program: RunningService,
  isServing: () => boolean | Promise<boolean>,
): Promise<void> {
  const over = new AbortController();
  const ended = program.exited.then(() => false);
  const limits = { timeoutMs: START_MS, everyMs: 50, signal: over.signal };
  const isUp = await Promise.race([waitUntil(isServing, limits), ended]);
  if (isUp) return;
  over.abort();
  const tail = program.tail();
  await program.stop(0);
  throw new Error(`${program.name} did not start\n${tail}`);
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
