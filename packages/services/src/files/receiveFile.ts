import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DependencyError } from '@avatarforge/core';

/** Bytes that have arrived and lie in a file only we can read. */
export interface ReceivedFile {
  path: string;
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** To be called in every case. */
  remove(): Promise<void>;
}

/**
 * Streams `source` into a new file in `folder`, and measures it on the way. Leaves nothing behind when it fails.
 * @throws DependencyError when the disk fails; else what `source` failed with
 */
export async function receiveFile(source: Readable, folder: string): Promise<ReceivedFile> {
  const path = join(folder, randomUUID());
  const remove = () => rm(path, { force: true });
  const hash = createHash('sha256');
  let size = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(source, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    await remove();
    throw isOfDisk(cause) ? new DependencyError('storage', true, { cause }) : cause;
  }
  return { path, sha256: hash.digest('hex'), size, remove };
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
