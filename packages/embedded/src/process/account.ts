import { execFileSync } from 'node:child_process';

/** A user of the operating system under which a program may run. */
export interface Account {
  uid: number;
  gid: number;
}

function accountNamed(name: string): Account | undefined {
  const ask = (flag: string): number =>
    Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined; // `id` fails for a user that does not exist
  }
}

/** Whether this process is root. */
function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user for a server that refuses to run as root: `postgres`, else `nobody`; none is created. */
export function unprivilegedAccount(): Account | undefined {
  return isRoot() ? (accountNamed('postgres') ?? accountNamed('nobody')) : undefined;
}
