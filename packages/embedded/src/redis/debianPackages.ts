import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages, libraryDirs, type FetchOptions } from '../debianPackages';
import { inspectRedis, noRedis, REDIS_PROGRAMS, type RedisBinary } from './binaries';

async function inspectUnpacked(root: string): Promise<RedisBinary | undefined> {
  const program = REDIS_PROGRAMS.map((name) => join(root, 'usr', 'bin', name)).find(existsSync);
  if (program === undefined) return undefined;
  const env = { LD_LIBRARY_PATH: libraryDirs(root).join(':') };
  return inspectRedis({ source: 'debian', program, env });
}

/**
 * Finds the server unpacked under `cacheDir`, or fetches Debian's packages and unpacks them there.
 * @throws EmbeddedError
 */
export function debianRedis(cacheDir: string, options: FetchOptions): Promise<RedisBinary> {
  const wanted = {
    name: 'redis',
    choices: REDIS_PROGRAMS.map((name) => [name]),
    inspect: inspectUnpacked,
    missing: noRedis,
  };
  return debianPackages(cacheDir, wanted, options);
}
