import { AppError } from '@avatarforge/core';
import {
  cleanUpNow,
  completeUpload,
  deleteFile,
  findOwnFile,
  getFile,
  importFile,
  listFiles,
  openFile,
  startUpload,
  type ImportFileDeps,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { sendFile } from '../http/sendFile';
import { toFile } from '../presenters/file';
import { atField } from '../uploads/atField';
import { storeFormFile } from '../uploads/storeFormFile';

export interface FileDeps extends ImportFileDeps {
  /** Whether files are nobody's secret: caches that many people share may keep them. */
  isOpen: boolean;
}

type FileOperation =
  | 'uploadFile'
  | 'listFiles'
  | 'importFile'
  | 'startUpload'
  | 'completeUpload'
  | 'findFileByHash'
  | 'getFile'
  | 'getFileContent'
  | 'deleteFile'
  | 'cleanUp';

/** Native v1: files. */
export function fileHandlers(deps: FileDeps): Pick<Handlers, FileOperation> {
  return {
    async uploadFile({ query, ...request }) {
      return toFile((await storeFormFile(deps, request, query.kind)).file);
    },

    async listFiles({ ctx, query }) {
      const { files, nextCursor } = await listFiles(deps, { ctx, query });
      return { data: files.map(toFile), next_cursor: nextCursor, has_more: nextCursor !== null };
    },

    async importFile({ ctx, body }) {
      return toFile((await atField('/url', () => importFile(deps, { ctx, input: body }))).file);
    },

    async startUpload({ ctx, body }) {
      const { id, put, expiresAt } = await startUpload(deps, { ctx, upload: body });
      const { method, url, headers } = put;
      return { id, method, url, headers, expires_at: expiresAt.toISOString() };
    },

    async completeUpload({ ctx, params }) {
      return toFile(await completeUpload(deps, { ctx, id: params.id }));
    },

    async findFileByHash({ ctx, params }) {
      const file = await findOwnFile(deps, { ctx, sha256: params.sha256 });
      if (!file) throw new AppError('not_found', 'You have no file with these bytes.');
      return toFile(file);
    },

    async getFile({ ctx, params }) {
      return toFile(await getFile(deps, { ctx, id: params.id }));
    },

    async getFileContent({ ctx, params, req, res }) {
      const opened = await openFile(deps, { ctx, id: params.id });
      await sendFile(opened, { req, res, isOpen: deps.isOpen });
      return undefined;
    },

    async deleteFile({ ctx, params, query }) {
      await deleteFile(deps, { ctx, id: params.id, force: query.force });
      return undefined;
    },

    cleanUp: ({ ctx, body }) => cleanUpNow(deps, { ctx, input: body }),
  };
}
