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

/** A picture that was checked, and who it is for. `size`: its bytes as sent. */
interface CheckedPicture {
  newFile: NewFile;
  image: PreparedImage;
  size: number;
}

/**
 * Stores a picture that was checked, and makes it a File. Always writes an object of its own: how long that takes tells
 * nobody whether others have the same bytes. Where those that a Blob names are lost, these take their place.
 */
export async function storeBytes(deps: StoreDeps, picture: CheckedPicture): Promise<FileRecord> {
  const file = await putAndName(deps, picture);
  if (await isStored(deps.storage, file)) return file;
  return putAndName(deps, picture, file.objectKey);
}

/** Whether the bytes of a File are where they should be. */
export async function isStored(storage: ObjectStorage, file: FileRecord): Promise<boolean> {
  return (await storage.head(file.objectKey))?.size === file.storedSize;
}

async function putAndName(
  { database, storage }: StoreDeps,
  { newFile, image, size }: CheckedPicture,
  lostKey: string | null = null,
): Promise<FileRecord> {
  const { mimeType, width, height, servedPath, servedSize: storedSize } = image;
  const objectKey = newObjectKey(newFile.sha256);
  await announceObject(database, objectKey);
  await storage.put(objectKey, createReadStream(servedPath), {
    size: storedSize,
    contentType: mimeType,
  });
  const blob = { objectKey, size, storedSize, mimeType, width, height, lostKey };
  return insertFile(database, newFile, blob);
}
