import type { Readable } from 'node:stream';
import type { StartUpload } from '@avatarforge/contracts';
import { AppError, isId, newId } from '@avatarforge/core';
import {
  claimDirectUpload,
  findFile,
  insertDirectUpload,
  releaseDirectUpload,
  type DirectUploadRecord,
  type FileRecord,
} from '@avatarforge/db';
import type { ObjectStorage, PresignedPut } from '@avatarforge/storage';
import { requireScope, type ServiceContext } from '../context';
import { receiveFile } from './receiveFile';
import { uploadFile, type UploadFileDeps } from './uploadFile';

/** How long the sender has. */
const EXPIRES_IN_S = 15 * 60;

/**
 * Gives an address in object storage to send a picture to. What is sent there is nobody's file until it is completed.
 * Throws {@link AppError} `direct_upload_unavailable` when the storage has no such addresses.
 */
export async function startUpload(
  { database, storage }: UploadFileDeps,
  { ctx, upload }: { ctx: ServiceContext; upload: StartUpload },
): Promise<{ id: string; put: PresignedPut; expiresAt: Date }> {
  requireScope(ctx, 'files:write');
  const id = newId();
  const objectKey = `incoming/${id}`;
  const { size, mime_type: mimeType, kind, filename } = upload;
  const expiresAt = new Date(Date.now() + EXPIRES_IN_S * 1000);
  const put = await storage.presignPut(objectKey, {
    size,
    contentType: mimeType,
    expiresInS: EXPIRES_IN_S,
  });
  if (!put) {
    const detail = 'There is no address for that here. Send the picture to POST /v1/files.';
    throw new AppError('direct_upload_unavailable', detail);
  }
  const record = { id, ownerId: ctx.userId, objectKey, kind, filename, size, mimeType, expiresAt };
  await insertDirectUpload(database, record);
  return { id, put, expiresAt };
}

/**
 * Makes a File of what was sent, after the same checks as for any upload; one caller at a time. Completed again, it answers
 * the same File. Throws {@link AppError} `not_found` also when the time is over, `upload_incomplete`, `wrong_state` while
 * it is being completed, and what {@link uploadFile} throws.
 */
export async function completeUpload(
  deps: UploadFileDeps & { uploadFolder: string },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<FileRecord> {
  requireScope(ctx, 'files:write');
  const { database } = deps;
  const upload = isId(id) ? await claimDirectUpload(database, { id, ownerId: ctx.userId }) : null;
  if (!upload) throw new AppError('not_found', 'There is no such upload, or its time is over.');
  if (upload.isBusy) throw new AppError('wrong_state', 'It is being completed just now.');
  const known = upload.fileId && (await findFile(database, { ...upload, id: upload.fileId }));
  if (known) return known;
  if (upload.fileId !== null) throw new AppError('not_found', 'What was uploaded is deleted.');
  let fileId: string | null = null;
  try {
    const file = await storeUpload(deps, ctx, upload);
    fileId = file.id;
    return file;
  } finally {
    await releaseDirectUpload(database, { id, fileId });
  }
}

async function storeUpload(
  deps: UploadFileDeps & { uploadFolder: string },
  ctx: ServiceContext,
  upload: DirectUploadRecord,
): Promise<FileRecord> {
  const received = await receiveFile(await openWhole(deps.storage, upload), deps.uploadFolder);
  try {
    return (await uploadFile(deps, { ctx, upload: { ...upload, ...received } })).file;
  } finally {
    await received.remove();
  }
}

async function openWhole(
  storage: ObjectStorage,
  { objectKey, size }: DirectUploadRecord,
): Promise<Readable> {
  const arrived = await storage.head(objectKey);
  if (arrived?.size === size) return (await storage.get(objectKey)).body;
  const what = arrived ? `${arrived.size} of ${size} bytes have` : 'Nothing has';
  throw new AppError('upload_incomplete', `${what} arrived. Send the picture, then complete it.`);
}
