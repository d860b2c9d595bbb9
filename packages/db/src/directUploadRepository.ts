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

/** For one completion to be over; after that another may try. */
const BUSY_MS = 120_000;

/** An upload to be completed by whoever claimed it. */
export interface ClaimedUpload extends DirectUploadRecord {
  /** Somebody else is completing it just now. */
  isBusy: boolean;
  /** What became of it, when it was completed before. */
  fileId: string | null;
}

/** Claims the owner's upload, as long as it may be completed; `null` when there is none. */
export async function claimDirectUpload(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<ClaimedUpload | null> {
  const claimed = await db.query(
    `UPDATE direct_uploads SET busy_until = now() + $3 * interval '1 ms'
       WHERE id = $1 AND owner_id = $2 AND expires_at > now() AND file_id IS NULL
         AND (busy_until IS NULL OR busy_until < now()) RETURNING id`,
    [id, ownerId, BUSY_MS],
  );
  const [found] = await db.query<Omit<ClaimedUpload, 'isBusy'>>(
    `SELECT id, owner_id AS "ownerId", object_key AS "objectKey", kind, filename, size, mime_type AS "mimeType",
         expires_at AS "expiresAt", file_id AS "fileId"
       FROM direct_uploads WHERE id = $1 AND owner_id = $2 AND expires_at > now()`,
    [id, ownerId],
  );
  return found ? { ...found, isBusy: claimed.length === 0 && found.fileId === null } : null;
}

/** The claim is over: the upload became this File, or may be completed again. */
export async function releaseDirectUpload(
  db: Database,
  { id, fileId }: { id: string; fileId: string | null },
): Promise<void> {
  await db.query('UPDATE direct_uploads SET busy_until = NULL, file_id = $2 WHERE id = $1', [
    id,
    fileId,
  ]);
}
