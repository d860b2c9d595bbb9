import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  InvalidRangeError,
  isStorageError,
  ObjectNotFoundError,
  StorageUnavailableError,
} from './errors';
import { exactly } from './exactly';
import { assertObjectKey, assertObjectPrefix } from './objectKey';
import type { ByteRange, ListedObject, ObjectStorage, StoredObject } from './objectStorage';
import { probe } from './probe';

export interface DiskStorageOptions {
  /** The folder that holds the objects; made, readable by its owner alone, when absent. */
  root: string;
}

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const MAX_MOVES = 20;
/** Unfinished objects; no key begins with a dot. */
const INCOMING = '.incoming';

/** Objects as files below `root`; the content type is not kept. */
export function createDiskStorage({ root }: DiskStorageOptions): ObjectStorage {
  const incoming = join(root, INCOMING);

  const pathOf = (key: string) => {
    assertObjectKey(key);
    return join(root, key);
  };

  const storage: ObjectStorage = {
    put: (key, body, { size }) =>
      translated(async () => {
        const path = pathOf(key);
        const bytes = exactly(size, body);
        const unfinished = join(incoming, randomUUID());
        try {
          await mkdir(incoming, { recursive: true, mode: FOLDER_MODE });
          await writeDurably(unfinished, bytes);
          await moveTo(path, unfinished);
        } finally {
          bytes.destroy();
          await rm(unfinished, { force: true });
        }
      }),

    get: (key, { range } = {}) =>
      translated(async () => {
        const found = await unlessAbsent(openObject(key, pathOf(key), range));
        if (!found) await assertFolder(root);
        if (!found) throw new ObjectNotFoundError(key);
        return found;
      }),

    head: (key) =>
      translated(async () => {
        const found = await unlessAbsent(stat(pathOf(key)));
        if (!found) await assertFolder(root);
        return found?.isFile() ? { size: found.size } : null;
      }),

    delete: (key) =>
      translated(async () => {
        const path = pathOf(key);
        await unlessAbsent(rm(path));
        await removeEmptyFolders(dirname(path), root);
      }),

    list: (prefix) => listBelow(root, prefix),
    presignPut: (key) =>
      translated(() => {
        assertObjectKey(key);
        return Promise.resolve(null);
      }),

    // What is unfinished has no key yet.
    removeUnfinished: (_prefix, olderThanMs) => translated(() => removeOld(incoming, olderThanMs)),
    check: () => probe(storage),
    close: () => Promise.resolve(),
  };
  return storage;
}

/** Removes the files last written longer than `olderThanMs` ago. @returns how many. */
async function removeOld(folder: string, olderThanMs: number): Promise<number> {
  const before = Date.now() - olderThanMs;
  let removed = 0;
  for (const name of (await unlessAbsent(readdir(folder))) ?? []) {
    const path = join(folder, name);
    const found = await unlessAbsent(stat(path));
    if (!found || Math.floor(found.mtimeMs) > before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

async function writeDurably(path: string, body: NodeJS.ReadableStream): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  await pipeline(body, file.createWriteStream({ flush: true }));
}

/** Another process may remove the folder, or one above it, being empty, at any moment before the move. */
async function moveTo(path: string, unfinished: string): Promise<void> {
  const folder = dirname(path);
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      await rename(unfinished, path);
      break;
    } catch (error) {
      if (!isAbsent(error) || tries === MAX_MOVES) throw error;
    }
  }
  await syncFolder(folder);
}

/** Makes the new name survive a power cut; Windows cannot open folders, and needs it not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function openObject(key: string, path: string, range?: ByteRange): Promise<StoredObject> {
  const file = await open(path, 'r');
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new ObjectNotFoundError(key);
    if (range && range.start >= found.size) throw new InvalidRangeError(key);
    return { body: file.createReadStream({ ...range }), size: found.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let empty = folder; empty !== root; empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
      if (!isAbsent(error)) throw error;
    }
  }
}

async function* listBelow(root: string, prefix: string): AsyncGenerator<ListedObject> {
  assertObjectPrefix(prefix);
  // Only the folder named by the prefix can hold keys that begin with it.
  const start = join(root, prefix.slice(0, prefix.lastIndexOf('/') + 1));
  for await (const path of filesBelow(start)) {
    const key = relative(root, path).split(sep).join('/');
    const found = key.startsWith(prefix) ? await unlessAbsent(stat(path)) : null;
    if (found) yield { key, size: found.size, modified_at: found.mtime };
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await unlessAbsent(opendir(folder));
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === INCOMING) continue;
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** Where the whole store is away, no object is known to be absent. An empty store has no folder yet. */
async function assertFolder(root: string): Promise<void> {
  const found = await unlessAbsent(stat(root));
  if (found?.isDirectory() === false) throw new Error(`${root} is no folder`);
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isStorageError(error)) throw error;
    throw new StorageUnavailableError('the disk failed', { cause: error, retryable: true });
  }
}

async function unlessAbsent<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

const isAbsent = (error: unknown) => hasCode(error, 'ENOENT', 'ENOTDIR');

function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String((error as NodeJS.ErrnoException).code));
}
