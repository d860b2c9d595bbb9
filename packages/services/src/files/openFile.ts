import type { Readable } from 'node:stream';
import type { Database, FileRecord } from '@avatarforge/db';
import type { ByteRange, ObjectStorage } from '@avatarforge/storage';
import type { ServiceContext } from '../context';
import { getFile } from './getFile';

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
  const file = await getFile({ database }, { ctx, id });
  const open = async (range?: ByteRange) =>
    (await storage.get(file.objectKey, range && { range })).body;
  return { file, open };
}
