import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonOf, type EmbeddedError } from './embeddedError';
import { runCommand, type CommandResult } from './process/runCommand';

/** How to fetch: progress goes to `log`. */
export interface FetchOptions {
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** What is wanted of Debian's packages, and kept unpacked in the folder `name` of the cache. */
export interface WantedPackages<T> {
  name: string;
  /** Packages to be had together; where several sets would do, the first that can be had is taken. */
  choices: readonly (readonly string[])[];
  /** @returns what is unpacked below `root`, or undefined when it is not there or does not run. */
  inspect: (root: string) => Promise<T | undefined>;
  /** Says for people that there is none, and why. */
  missing: (why: string) => EmbeddedError;
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

/** The packages that this system lacks to run `names`, with versions, as apt itself resolves them. */
async function resolvePackages(apt: Apt, names: readonly string[]): Promise<string[]> {
  const { stdout } = await apt(['install', '--simulate', '--no-install-recommends', ...names]);
  return [...stdout.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)].map(
    ([, pkg, version]) => `${String(pkg)}=${String(version)}`,
  );
}

/** @returns an empty text when the packages are there, else why they are not. */
async function download(
  apt: Apt,
  names: readonly string[],
  log: FetchOptions['log'],
): Promise<string> {
  const packages = await resolvePackages(apt, names);
  const wanted = names.join(', ');
  if (packages.length === 0) return `apt knows no package ${wanted}.`;
  log(`Fetching ${wanted} from the system's package sources (${packages.length} packages).`);
  const { isOk, stderr } = await apt(['download', ...packages]);
  return isOk ? '' : stderr.trim();
}

async function downloadAny(
  apt: Apt,
  choices: readonly (readonly string[])[],
  log: FetchOptions['log'],
): Promise<string> {
  const reasons: string[] = [];
  for (const names of choices) {
    const reason = await download(apt, names, log);
    if (!reason) return '';
    reasons.push(reason);
  }
  return reasons.join(' ');
}

/** With the system's package lists if they serve, else with lists of our own. */
async function fetchPackages<T>(
  dir: string,
  { choices, missing }: WantedPackages<T>,
  { log, signal }: FetchOptions,
): Promise<void> {
  const withSystemLists = await downloadAny(aptIn(dir, false, signal), choices, log);
  if (!withSystemLists) return;
  log('Reading the package lists.');
  const apt = aptIn(dir, true, signal);
  const update = await apt(['update']);
  const reason = await downloadAny(apt, choices, log);
  if (reason) throw missing(`Fetching it failed. ${reasonOf(`${reason}\n${update.stderr}`).why}`);
}

async function unpack<T>(
  dir: string,
  { missing }: WantedPackages<T>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const debs = join(dir, 'debs');
  for (const deb of readdirSync(debs).filter((file) => file.endsWith('.deb'))) {
    const { isOk, stderr } = await runCommand('dpkg', ['-x', join(debs, deb), join(dir, 'root')], {
      signal,
    });
    if (!isOk) throw missing(`Unpacking ${deb} failed: ${stderr.trim()}`);
  }
}

/** The folders with shared libraries that were unpacked below `root`, for LD_LIBRARY_PATH. */
export function libraryDirs(root: string): string[] {
  const libraries = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.so(\.[\d.]+)?$/.test(file))
    .map((file) => dirname(join(root, file)));
  return [...new Set(libraries)];
}

/**
 * Finds what was unpacked under `cacheDir`, or fetches Debian's packages and unpacks them there.
 * Needs no root and installs nothing; what is fetched once is used without a network later.
 * @throws EmbeddedError
 */
export async function debianPackages<T>(
  cacheDir: string,
  wanted: WantedPackages<T>,
  options: FetchOptions,
): Promise<T> {
  const { name, inspect, missing } = wanted;
  const kept = join(cacheDir, name);
  const found = existsSync(kept) ? await inspect(kept) : undefined;
  if (found) return found;
  if (!existsSync('/usr/bin/apt-get')) {
    throw missing('It is not on the path, and this system has no apt.');
  }
  const work = join(cacheDir, `${name}.${process.pid}`);
  try {
    await fetchPackages(work, wanted, options);
    await unpack(work, wanted, options.signal);
    const unpacked = await inspect(join(work, 'root'));
    if (!unpacked) throw missing("What the system's packages hold does not run.");
    rmSync(kept, { recursive: true, force: true });
    renameSync(join(work, 'root'), kept);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const usable = await inspect(kept);
  if (!usable) throw missing(`What lies in ${kept} does not run.`);
  return usable;
}
