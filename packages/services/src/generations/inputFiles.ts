import { AppError, isId } from '@avatarforge/core';
import { findFile, type Database, type FileRecord, type ShotUpload } from '@avatarforge/db';
import type { ServiceContext } from '../context';

/** Gets a file of the caller's by its id; `pointer` says where in the request it is named. */
export type GetInputFile = (id: unknown, pointer: string) => Promise<FileRecord>;

/**
 * Throws {@link AppError} `unknown_file` for whatever is not the id of a file of the caller's, `validation_failed` for a
 * file that is no picture.
 */
export function inputFilesOf(database: Database, ctx: ServiceContext): GetInputFile {
  return async (id, pointer) => {
    const file =
      typeof id === 'string' && isId(id)
        ? await findFile(database, { id, ownerId: ctx.userId })
        : null;
    if (file?.width === null) {
      const message = 'This file is no picture.';
      throw new AppError('validation_failed', `${pointer}: ${message}`, [{ pointer, message }]);
    }
    if (file) return file;
    const name = typeof id === 'string' ? `“${id.slice(0, 60)}”` : 'under this name';
    throw new AppError('unknown_file', `${pointer}: you have no file ${name}. Upload it first.`, [
      { pointer, message: 'This file does not exist.' },
    ]);
  };
}

const EXTENSIONS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};

/** The name a file is uploaded to ComfyUI under: made of its content, so that equal ones are one. */
export function uploadNameOf({ sha256, mimeType }: FileRecord): string {
  return `${sha256}.${EXTENSIONS[mimeType] ?? 'png'}`;
}

/** The upload of a file to an input of a node, before the graph is dispatched. */
export function toUpload(file: FileRecord, target: { node: string; field: string }): ShotUpload {
  return { ...target, filename: uploadNameOf(file), object_key: file.objectKey };
}
