import type { File } from '@avatarforge/contracts';
import type { FileRecord } from '@avatarforge/db';
import { contentUrl, fileUrl } from './urls';

/** A file as v1 shows it. */
export function toFile(file: FileRecord): File {
  const { id, kind, filename, sha256, storedSize, mimeType, width, height, createdAt } = file;
  return {
    ...{ id, kind, filename, width, height },
    content_hash: sha256,
    size: storedSize,
    mime_type: mimeType,
    created_at: createdAt.toISOString(),
    urls: { self: fileUrl(id), content: contentUrl(id) },
  };
}
