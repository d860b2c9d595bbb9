import { deleteFile, deleteOwnOrphans, findOwnFile, openFile } from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { sendFile } from '../http/sendFile';
import { toUploadedFile } from '../presenters/uploadedFile';
import { storeFormFile, type FormRequest } from '../uploads/storeFormFile';
import type { FileDeps } from './files';

type OriginalFileOperation =
  | 'uploadPoseImage'
  | 'uploadReferenceImage'
  | 'findOriginalFileByHash'
  | 'downloadFile'
  | 'deleteOriginalFile'
  | 'cleanUpOrphans';

/** The original contract: files. */
export function originalFileHandlers(deps: FileDeps): Pick<Handlers, OriginalFileOperation> {
  const upload = async (request: FormRequest, kind: 'pose' | 'reference') => {
    const { file, isDuplicate } = await storeFormFile(deps, request, kind);
    return toUploadedFile(file, isDuplicate);
  };
  return {
    uploadPoseImage: (request) => upload(request, 'pose'),
    uploadReferenceImage: (request) => upload(request, 'reference'),

    async findOriginalFileByHash({ ctx, params }) {
      const file = await findOwnFile(deps, { ctx, sha256: params.content_hash });
      const message = file ? 'You have a file with these bytes.' : 'You have no such file.';
      return { exists: file !== null, file_id: file?.id ?? null, message };
    },

    async downloadFile({ ctx, params, req, res }) {
      const opened = await openFile(deps, { ctx, id: params.file_id });
      await sendFile(opened, { req, res, isOpen: deps.isOpen });
      return undefined;
    },

    async deleteOriginalFile({ ctx, params, query }) {
      const id = params.file_id;
      const result = await deleteFile(deps, { ctx, id, force: query.force });
      return { message: DELETED[result], file_id: id };
    },

    async cleanUpOrphans({ ctx, query }) {
      const { days } = query;
      const files_deleted = await deleteOwnOrphans(deps, { ctx, days });
      const message = `Deleted ${files_deleted} files that no generation needs and nobody used for ${days} days.`;
      return { files_deleted, cleanup_days: days, message };
    },
  };
}

const DELETED = {
  deleted: 'File deleted.',
  hidden: 'File deleted. It is kept, out of sight, for the generations that were drawn from it.',
};
