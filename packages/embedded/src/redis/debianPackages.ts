import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonOf } from '../embeddedError';
import { runCommand, type CommandResult } from '../process/runCommand';
import { inspectRedis, noRedis, REDIS_PROGRAMS, type RedisBinary } from './binaries';

/** How to fetch: progress goes to `log`. */
export interface FetchOptions {
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

type Apt = (args: readonly string[]) => Promise<CommandResult>;

const APT_TIMEOUT_MS = 300_000;

/** Settings that keep apt away from the system's own state: nothing is locked, changed or installed there. */
function aptConfig(dir: string, hasOwnLists: boolean): string {
  const lines = [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    // apt run by root would hand its work to a user who cannot enter our folder.
    'APT::Sandbox::User "root";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "30";',
    `Dir::Cache "${dir}/apt/cache/";`,
  ];
  if (hasOwnLists) lines.push(`Dir::State::Lists "${dir}/apt/lists/";`);
  return `${lines.join('\n')}\n`;
}

function aptIn(dir: string, hasOwnLists: boolean, signal: AbortSignal | undefined): Apt {
  for (const folder of ['apt/cache/archives/partial', 'apt/lists/partial', 'debs', 'root']) {
    mkdirSync(join(dir, folder), { recursive: true, mode: 0o700 });
  }
  const config = join(dir, 'apt', 'apt.conf');
  writeFileSync(config, aptConfig(dir, hasOwnLists));
  return (args) =>
    runCommand('apt-get', ['-c', config, ...args], {
      cwd: join(dir, 'debs'),
      timeoutMs: APT_TIMEOUT_MS,
      signal,
    });
}

/** The packages that this system lacks to run `name`, with versions, as apt itself resolves them. */
async function resolvePackages(apt: Apt, name: string): Promise<string[]> {
  const { stdout } = await apt(['install', '--simulate', '--no-install-recommends', name]);
  return [...stdout.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)].map(
    ([, pkg, version]) => `${String(pkg)}=${String(version)}`,
  );
}

/** @returns an empty text when the packages are there, else why they are not. */
async function download(apt: Apt, name: string, log: FetchOptions['log']): Promise<string> {
  const packages = await resolvePackages(apt, name);
  if (packages.length === 0) return `apt knows no package ${name}.`;
  log(`Fetching ${name} from the system's package sources (${packages.length} packages).`);
  const { isOk, stderr } = await apt(['download', ...packages]);
  return isOk ? '' : stderr.trim();
}

async function downloadAny(apt: Apt, log: FetchOptions['log']): Promise<string> {
  const reasons: string[] = [];
  for (const name of REDIS_PROGRAMS) {
    const reason = await download(apt, name, log);
    if (!reason) return '';
    reasons.push(reason);
  }
  return reasons.join(' ');
}

/** With the system's package lists if they serve, else with lists of our own. */
async function fetchPackages(dir: string, { log, signal }: FetchOptions): Promise<void> {
  const withSystemLists = await downloadAny(aptIn(dir, false, signal), log);
  if (!withSystemLists) return;
  log('Reading the package lists.');
  const apt = aptIn(dir, true, signal);
  const update = await apt(['update']);
  const reason = await downloadAny(apt, log);
  if (reason) throw noRedis(`Fetching it failed. ${reasonOf(`${reason}\n${update.stderr}`).why}`);
}

async function unpack(dir: string, signal: AbortSignal | undefined): Promise<void> {
  const debs = join(dir, 'debs');
  for (const deb of readdirSync(debs).filter((file) => file.endsWith('.deb'))) {
    const { isOk, stderr } = await runCommand('dpkg', ['-x', join(debs, deb), join(dir, 'root')], {
      signal,
    });
    if (!isOk) throw noRedis(`Unpacking ${deb} failed: ${stderr.trim()}`);
  }
}

function libraryDirs(root: string): string[] {
  const libraries = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.so(\.[\d.]+)?$/.test(file))
    .map((file) => dirname(join(root, file)));
  return [...new Set(libraries)];
}

async function inspectUnpacked(root: string): Promise<RedisBinary | undefined> {
  const program = REDIS_PROGRAMS.map((name) => join(root, 'usr', 'bin', name)).find(existsSync);
  if (program === undefined) return undefined;
  const env = { LD_LIBRARY_PATH: libraryDirs(root).join(':') };
  return inspectRedis({ source: 'debian', program, env });
}

/**
 * Finds the server unpacked under `cacheDir`, or fetches Debian's packages and unpacks them there.
 * Needs no root and installs nothing; what is fetched once is used without a network later.
 * @throws EmbeddedError
 */
export async function debianRedis(cacheDir: string, options: FetchOptions): Promise<RedisBinary> {
  const kept = join(cacheDir, 'redis');
  const found = existsSync(kept) ? await inspectUnpacked(kept) : undefined;
  if (found) return found;
  if (!existsSync('/usr/bin/apt-get')) {
    throw noRedis('No redis-server or valkey-server is on the path, and this system has no apt.');
  }
  const work = join(cacheDir, `redis.${process.pid}`);
  try {
    await fetchPackages(work, options);
    await unpack(work, options.signal);
    const unpacked = await inspectUnpacked(join(work, 'root'));
    if (!unpacked) throw noRedis("The server from the system's packages does not run.");
    rmSync(kept, { recursive: true, force: true });
    renameSync(join(work, 'root'), kept);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const binary = await inspectUnpacked(kept);
  if (!binary) throw noRedis(`The server in ${kept} does not run.`);
  return binary;
}
