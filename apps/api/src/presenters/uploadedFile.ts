import type { UploadedFile } from '@avatarforge/contracts';
import type { FileRecord } from '@avatarforge/db';
import { originalFileUrl } from './urls';

/** An uploaded picture as the original contract shows it. */
export function toUploadedFile(file: FileRecord, isDuplicate: boolean): UploadedFile {
  const { width, height } = file;
  if (width === null || height === null) throw new Error(`the picture ${file.id} has no size`);
  return {
    file_id: file.id,
    filename: file.filename,
    content_hash: file.sha256,
    size: file.size,
    mime_type: file.mimeType,
    dimensions: { width, height },
    url: originalFileUrl(file.id),
    is_duplicate: isDuplicate,
    created_at: file.createdAt.toISOString(),
  };
}
