import type { FileRecord } from '@avatarforge/db';
import { uploadFile, type ServiceContext, type UploadFileDeps } from '@avatarforge/services';
import type { Request, Response } from 'express';
import { atField } from './atField';
import { receiveMultipart } from './receiveMultipart';

/** A request whose form holds one picture. */
export interface FormRequest {
  ctx: ServiceContext;
  req: Request;
  res: Response;
}

/**
 * Stores the picture of a form.
 * @throws AppError invalid_upload, payload_too_large, and what `uploadFile` throws, naming the field
 */
export function storeFormFile(
  deps: UploadFileDeps & { uploadFolder: string },
  { ctx, req, res }: FormRequest,
  kind: 'pose' | 'reference',
): Promise<{ file: FileRecord; isDuplicate: boolean }> {
  return atField('/file', async () => {
    const received = await receiveMultipart(req, res, deps.uploadFolder);
    try {
      return await uploadFile(deps, { ctx, upload: { ...received, kind } });
    } finally {
      await received.remove();
    }
  });
}
