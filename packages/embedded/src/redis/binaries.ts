import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { searchPath } from '../config';
import { EmbeddedError } from '../embeddedError';
import { runCommand } from '../process/runCommand';

/** Where the program of a server comes from. */
export type RedisSource = 'system' | 'debian';

/** The program of one Redis (or Valkey) server. */
export interface RedisBinary {
  source: RedisSource;
  program: string;
  /** `redis 7.0.15` or `valkey 8.1.1`. */
  version: string;
  env: Record<string, string>;
}

/** The names of the servers that we can use, which are also their Debian packages. */
export const REDIS_PROGRAMS = ['redis-server', 'valkey-server'] as const;

const OLDEST_MAJOR = 5; // what BullMQ needs

/** @returns the binary, or undefined when it does not run or is too old. */
export async function inspectRedis(
  binary: Omit<RedisBinary, 'version'>,
): Promise<RedisBinary | undefined> {
  const { isOk, stdout } = await runCommand(binary.program, ['--version'], { env: binary.env });
  const version = /v=((\d+)\.[\d.]+)/.exec(stdout);
  if (!isOk || !version?.[1] || Number(version[2]) < OLDEST_MAJOR) return undefined;
  const product = basename(binary.program).replace('-server', '');
  return { ...binary, version: `${product} ${version[1]}` };
}

/** @returns the first usable server on the search path. */
export async function findSystemRedis(): Promise<RedisBinary | undefined> {
  const programs = REDIS_PROGRAMS.flatMap((name) => searchPath().map((dir) => join(dir, name)));
  for (const program of programs.filter((file) => existsSync(file))) {
    const binary = await inspectRedis({ source: 'system', program, env: {} });
    if (binary) return binary;
  }
  return undefined;
}

/** No server is there and none can be fetched. */
export function noRedis(why: string, cause?: unknown): EmbeddedError {
  return new EmbeddedError({
    what: 'There is no Redis to start.',
    why,
    todo: 'Install it (macOS: brew install redis; Debian, Ubuntu: sudo apt-get install redis-server; Fedora: sudo dnf install valkey; Windows: use WSL or Docker), or set REDIS_URL to a server of yours.',
    cause,
  });
}
