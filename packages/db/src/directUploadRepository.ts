import type { Database } from './database';
import type { FileKind } from './fileRepository';

/** A picture that its sender puts into object storage, past the API. */
export interface DirectUploadRecord {
  id: string;
  ownerId: string;
  objectKey: string;
  kind: Exclude<FileKind, 'output'>;
  filename: string;
  /** Bytes, as was said. */
  size: number;
  mimeType: string;
  expiresAt: Date;
}

/** The object may still be written when the upload has expired: a request that began in time is let through. */
const LATE_MS = 3_600_000;

/** Notes the upload, and its object as a loose one: whatever happens, it is deleted some time after it has expired. */
export async function insertDirectUpload(db: Database, upload: DirectUploadRecord): Promise<void> {
  const { id, ownerId, objectKey, kind, filename, size, mimeType, expiresAt } = upload;
  await db.query(
    `WITH object AS (
       INSERT INTO loose_objects (object_key, delete_after) VALUES ($3, $8::timestamptz + $9 * interval '1 ms')
     )
     INSERT INTO direct_uploads (id, owner_id, object_key, kind, filename, size, mime_type, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, ownerId, objectKey, kind, filename, size, mimeType, expiresAt, LATE_MS],
  );
}

/** The owner's upload, as long as it may be completed; `null` when there is none. */
export async function findDirectUpload(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<DirectUploadRecord | null> {
  const [found] = await db.query<DirectUploadRecord>(
    `SELECT id, owner_id AS "ownerId", object_key AS "objectKey", kind, filename, size, mime_type AS "mimeType",
         expires_at AS "expiresAt"
       FROM direct_uploads WHERE id = $1 AND owner_id = $2 AND expires_at > now()`,
    [id, ownerId],
  );
  return found ?? null;
}
