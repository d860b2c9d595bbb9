import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { StorageUnavailableError } from './errors';
import type { ObjectStorage } from './objectStorage';

/** Writes, reads and deletes a small object. @throws StorageUnavailableError */
export async function probe(storage: Pick<ObjectStorage, 'put' | 'get' | 'delete'>): Promise<void> {
  const key = `probe/${randomUUID()}`;
  const written = Buffer.from(key);
  await storage.put(key, Readable.from([written]), {
    size: written.length,
    contentType: 'text/plain',
  });
  const { body } = await storage.get(key);
  const read = await buffer(body);
  await storage.delete(key);
  if (!read.equals(written)) {
    throw new StorageUnavailableError('the store gave back other bytes than it was given', {
      retryable: false,
    });
  }
}
