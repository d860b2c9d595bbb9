import { rm } from 'node:fs/promises';
import { AppError, newId } from '@avatarforge/core';
import { reviveFile, type FileKind, type FileRecord, type NewFile } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { cleanFilename } from './cleanFilename';
import { prepareImage } from './image/prepareImage';
import { isStored, storeBytes, type StoreDeps } from './storeBytes';

/** What uploading works with. */
export type UploadFileDeps = StoreDeps;

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
 * Stores a picture, without its metadata. The same bytes of the same owner are one File: sent again, `isDuplicate` is
 * true. Whether others have sent them before cannot be told from the answer.
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
  // What was accepted before need not be looked at again.
  const known = await reviveFile(deps.database, newFile);
  const isKept = known !== null && (await isStored(deps.storage, known));
  const file = isKept ? known : await storePicture(deps, newFile, upload);
  return { file, isDuplicate: file.id !== newFile.id };
}

async function storePicture(
  deps: UploadFileDeps,
  newFile: NewFile,
  { path, size }: Upload,
): Promise<FileRecord> {
  const image = await prepareImage(path);
  try {
    return await storeBytes(deps, { newFile, image, size });
  } finally {
    if (image.servedPath !== path) await rm(image.servedPath, { force: true });
  }
}
