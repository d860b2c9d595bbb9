import type { UploadedFile } from '@avatarforge/contracts';
import type { FileRecord } from '@avatarforge/db';
import { fileUrl } from './urls';

/** An uploaded picture as the original contract shows it. */
export function toUploadedFile(file: FileRecord, isDuplicate: boolean): UploadedFile {
  return {
    file_id: file.id,
    filename: file.filename,
    content_hash: file.sha256,
    size: file.size,
    mime_type: file.mimeType,
    dimensions: { width: file.width, height: file.height },
    url: fileUrl(file.id),
    is_duplicate: isDuplicate,
    created_at: file.createdAt.toISOString(),
  };
}
