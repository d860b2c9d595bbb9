import { createReadStream } from 'node:fs';
import {
  announceObject,
  insertFile,
  type Database,
  type FileRecord,
  type NewFile,
} from '@avatarforge/db';
import { newObjectKey, type ObjectStorage } from '@avatarforge/storage';
import type { PreparedImage } from './image/prepareImage';

/** What storing a picture works with. */
export interface StoreDeps {
  database: Database;
  storage: ObjectStorage;
}

/**
 * Stores a picture that was checked, and makes it a File. `size`: its bytes as sent. Always writes an object of its own: how
 * long that takes tells nobody whether others have the same bytes.
 */
export async function storeBytes(
  { database, storage }: StoreDeps,
  { newFile, image, size }: { newFile: NewFile; image: PreparedImage; size: number },
): Promise<FileRecord> {
  const { mimeType, width, height, servedPath, servedSize: storedSize } = image;
  const objectKey = newObjectKey(newFile.sha256);
  await announceObject(database, objectKey);
  await storage.put(objectKey, createReadStream(servedPath), {
    size: storedSize,
    contentType: mimeType,
  });
  return insertFile(database, newFile, { objectKey, size, storedSize, mimeType, width, height });
}
