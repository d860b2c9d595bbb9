import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unprivilegedAccount, type Account } from '../process/account';
import { runCommand } from '../process/runCommand';

/** Where a server keeps its things, and as whom it runs (undefined: as ourselves). */
export interface Place {
  root: string;
  dataDir: string;
  passwordFile: string;
  account: Account | undefined;
  /** True when `home` is closed to the account, so that the data lies outside of it. */
  isMoved: boolean;
}

const MOVED_ROOT = '/var/lib/avatarforge';

/** Lets other users pass through a folder (not list it), whatever the umask said when it was made. */
function openPassage(dir: string): void {
  chmodSync(dir, statSync(dir).mode | 0o011);
}

async function isReachable(dir: string, account: Account): Promise<boolean> {
  return (await runCommand('test', ['-x', dir], { account })).isOk;
}

function layout(root: string, account: Account | undefined, isMoved: boolean): Place {
  const dataDir = join(root, 'data');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  if (account) openPassage(root);
  return { root, dataDir, passwordFile: join(root, 'password'), account, isMoved };
}

/** Data that an ordinary user made goes on belonging to that user when root starts the server. */
function ownerOf(dataDir: string, account: Account): Account {
  if (!existsSync(dataDir)) return account;
  const { uid, gid } = statSync(dataDir);
  return uid === 0 ? account : { uid, gid };
}

/**
 * Chooses the folder for the data: `home/postgres`. Run by root, the server works as another user;
 * `home` itself is then opened for passage (not for listing), and where a folder above it is
 * closed, the data goes to a folder of its own under /var/lib/avatarforge.
 */
export async function choosePlace(home: string): Promise<Place> {
  const account = unprivilegedAccount();
  const root = join(resolve(home), 'postgres');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (!account) return layout(root, undefined, false);

  openPassage(home);
  const near = layout(root, account, false);
  const owned = { ...near, account: ownerOf(near.dataDir, account) };
  if (await isReachable(root, owned.account)) return owned;

  const name = createHash('sha256').update(resolve(home)).digest('hex').slice(0, 12);
  mkdirSync(MOVED_ROOT, { recursive: true, mode: 0o700 });
  openPassage(MOVED_ROOT);
  return layout(join(MOVED_ROOT, name), account, true);
}
