const SYSTEM_BIN_DIRS = [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/sbin',
  '/bin',
  '/sbin',
  '/opt/homebrew/bin',
];

/** Folders in which programs are looked for: the search path, then the usual places. */
export function searchPath(): string[] {
  const separator = process.platform === 'win32' ? ';' : ':';
  const named = (process.env['PATH'] ?? '').split(separator).filter((dir) => dir.startsWith('/'));
  return [...new Set([...named, ...SYSTEM_BIN_DIRS])];
}

/** The environment for programs that we run: the caller's, without what would bend a server of our own. */
export function plainEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(PG|LC_|LANG)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), PATH: searchPath().join(':'), LC_ALL: 'C' };
}
