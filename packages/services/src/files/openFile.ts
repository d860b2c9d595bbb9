import type { Readable } from 'node:stream';
import { AppError, isId } from '@avatarforge/core';
import { findFile, type Database, type FileRecord } from '@avatarforge/db';
import type { ByteRange, ObjectStorage } from '@avatarforge/storage';
import { requireScope, type ServiceContext } from '../context';

/** A File and the way to its bytes; nothing is opened before `open` is called. */
export interface OpenedFile {
  file: FileRecord;
  /** The bytes, or a range of them: to be read to the end or destroyed. */
  open: (range?: ByteRange) => Promise<Readable>;
}

/**
 * Finds a File of the caller.
 * @throws AppError insufficient_scope, not_found (also for ids that are none)
 */
export async function openFile(
  { database, storage }: { database: Database; storage: ObjectStorage },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<OpenedFile> {
  requireScope(ctx, 'files:read');
  const file = isId(id) ? await findFile(database, { id, ownerId: ctx.userId }) : null;
  if (!file) throw new AppError('not_found', 'You have no file with this id.');
  const open = async (range?: ByteRange) =>
    (await storage.get(file.objectKey, range && { range })).body;
  return { file, open };
}
