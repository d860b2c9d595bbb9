import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { searchPath } from '../config';
import { debianPackages, libraryDirs, type FetchOptions } from '../debianPackages';
import { EmbeddedError } from '../embeddedError';
import { runCommand } from '../process/runCommand';

const PROGRAMS = [
  'ceph-authtool',
  'ceph-mon',
  'ceph-osd',
  'monmaptool',
  'osdmaptool',
  'radosgw',
  'radosgw-admin',
] as const;

type CephProgram = (typeof PROGRAMS)[number];

/** Where the programs of Ceph come from. */
export type CephSource = 'system' | 'debian';

/** The programs of one Ceph. */
export interface CephPrograms {
  source: CephSource;
  /** `16.2.15` */
  version: string;
  paths: Record<CephProgram, string>;
  env: Record<string, string>;
  /** Settings that say where plugins lie; none where they lie at their usual place. */
  pluginSettings: Record<string, string>;
}

/** Settings of Ceph for folders of plugins, and the names of these folders. */
const PLUGIN_DIRS = {
  erasure_code_dir: 'erasure-code',
  osd_class_dir: 'rados-classes',
  plugin_dir: 'ceph',
};

type Unchecked = Omit<CephPrograms, 'version' | 'paths'>;

async function versionOf(program: string, env: Record<string, string>) {
  const { isOk, stdout } = await runCommand(program, ['--version'], { env });
  return isOk ? /ceph version (\S+?)[-+\s]/.exec(stdout)?.[1] : undefined;
}

/** @returns the programs, or undefined when one is not in `dirs` or the servers do not run. */
async function inspectPrograms(
  dirs: readonly string[],
  unchecked: Unchecked,
): Promise<CephPrograms | undefined> {
  const found = PROGRAMS.map((name) => dirs.map((dir) => join(dir, name)).find(existsSync));
  if (found.includes(undefined)) return undefined;
  const paths = Object.fromEntries(PROGRAMS.map((name, at) => [name, found[at]]));
  const known = paths as CephPrograms['paths'];
  const servers = [known['ceph-mon'], known['ceph-osd'], known.radosgw];
  const versions = await Promise.all(servers.map((path) => versionOf(path, unchecked.env)));
  const [version] = versions;
  if (version === undefined || versions.includes(undefined)) return undefined;
  return { ...unchecked, paths: known, version };
}

function inspectUnpacked(root: string): Promise<CephPrograms | undefined> {
  const libraries = libraryDirs(root);
  const plugins = Object.entries(PLUGIN_DIRS).flatMap(([setting, name]) => {
    const dir = libraries.find((candidate) => basename(candidate) === name);
    return dir === undefined ? [] : [[setting, dir]];
  });
  // What the system had already was not fetched: it lies on the search path.
  return inspectPrograms([join(root, 'usr', 'bin'), ...searchPath()], {
    source: 'debian',
    env: { LD_LIBRARY_PATH: libraries.join(':') },
    pluginSettings: Object.fromEntries(plugins) as Record<string, string>,
  });
}

function noCeph(why: string): EmbeddedError {
  return new EmbeddedError({
    what: 'There is no Ceph to start.',
    why,
    todo: 'Install it (Debian, Ubuntu: sudo apt-get install --no-install-recommends ceph-mon ceph-osd radosgw), or use an S3 service of yours.',
  });
}

/**
 * The system's Ceph; where it has none, that of Debian's packages, unpacked under `cacheDir`.
 * @param source takes only programs from there.
 * @throws EmbeddedError
 */
export async function findCeph(
  cacheDir: string,
  { source, ...options }: FetchOptions & { source?: CephSource | undefined },
): Promise<CephPrograms> {
  const system = { source: 'system' as const, env: {}, pluginSettings: {} };
  const found = source === 'debian' ? undefined : await inspectPrograms(searchPath(), system);
  if (found) return found;
  const wanted = {
    name: 'ceph',
    choices: [['ceph-mon', 'ceph-osd', 'radosgw']],
    inspect: inspectUnpacked,
    missing: noCeph,
  };
  return debianPackages(resolve(cacheDir), wanted, options);
}
