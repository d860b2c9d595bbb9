import { createReadStream } from 'node:fs';
import { AppError, newId } from '@avatarforge/core';
import {
  insertFileAndBlob,
  insertFileOfBlob,
  type Database,
  type FileKind,
  type FileRecord,
  type NewFile,
} from '@avatarforge/db';
import { newObjectKey, type ObjectStorage } from '@avatarforge/storage';
import { requireScope, type ServiceContext } from '../context';
import { cleanFilename } from './cleanFilename';
import { inspectImage, type ImageFacts } from './inspectImage';

export interface UploadFileDeps {
  database: Database;
  storage: ObjectStorage;
}

/** A picture that has arrived and lies in a file of its own. */
export interface Upload {
  path: string;
  /** SHA-256 of its bytes, hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** As the sender calls it. */
  filename: string;
  kind: Exclude<FileKind, 'output'>;
}

/**
 * Stores a picture. The same bytes of the same owner are one File: sent again, `isDuplicate` is true.
 * @throws AppError insufficient_scope, unsupported_media_type, image_unreadable, image_dimensions
 */
export async function uploadFile(
  deps: UploadFileDeps,
  { ctx, upload }: { ctx: ServiceContext; upload: Upload },
): Promise<{ file: FileRecord; isDuplicate: boolean }> {
  requireScope(ctx, 'files:write');
  if (upload.size === 0) throw new AppError('image_unreadable', 'The file is empty.');
  const newFile: NewFile = {
    id: newId(),
    ownerId: ctx.userId,
    kind: upload.kind,
    filename: cleanFilename(upload.filename),
    sha256: upload.sha256,
  };
  const facts = await inspectImage(upload.path);
  const file =
    (await insertFileOfBlob(deps.database, newFile)) ??
    (await storeBytes(deps, { newFile, facts, upload }));
  return { file, isDuplicate: file.id !== newFile.id };
}

async function storeBytes(
  { database, storage }: UploadFileDeps,
  { newFile, facts, upload }: { newFile: NewFile; facts: ImageFacts; upload: Upload },
): Promise<FileRecord> {
  const { path, size, sha256 } = upload;
  const objectKey = newObjectKey(sha256);
  await storage.put(objectKey, createReadStream(path), { size, contentType: facts.mimeType });
  const file = await insertFileAndBlob(database, newFile, { objectKey, size, ...facts });
  // The same bytes came twice at once, and the other copy was kept.
  if (file.objectKey !== objectKey) await storage.delete(objectKey);
  return file;
}
