import type { Database } from './database';
import type { Position } from './generationRepository';

/** What a File was first used as. */
export type FileKind = 'pose' | 'reference' | 'output';

/** A stored picture of one owner, with the facts of the Blob behind it. */
export interface FileRecord {
  id: string;
  ownerId: string;
  kind: FileKind;
  filename: string;
  /** SHA-256 of the bytes as sent, hexadecimal. */
  sha256: string;
  /** Where the bytes that are served are in object storage. */
  objectKey: string;
  /** Bytes as sent. */
  size: number;
  /** Bytes as served: fewer where metadata was removed. */
  storedSize: number;
  mimeType: string;
  /** Pixels; null for what is no picture. */
  width: number | null;
  height: number | null;
  createdAt: Date;
}

/** What a new File says of itself. */
export type NewFile = Pick<FileRecord, 'id' | 'ownerId' | 'kind' | 'filename' | 'sha256'>;
/** What a new Blob says of itself, beside its SHA-256. */
export type NewBlob = Pick<
  FileRecord,
  'objectKey' | 'size' | 'storedSize' | 'mimeType' | 'width' | 'height'
>;

/** The File of this owner that is not deleted; `null` when there is none. `id` must be a UUID. */
export async function findFile(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<FileRecord | null> {
  return selectFile(db, 'f.id = $1', [id, ownerId]);
}

/** The File of this owner that holds these bytes and is not deleted; `null` when there is none. */
export async function findFileByHash(
  db: Database,
  { sha256, ownerId }: { sha256: string; ownerId: string },
): Promise<FileRecord | null> {
  return selectFile(db, 'f.sha256 = $1', [sha256, ownerId]);
}

/** The owner's Files that are not deleted, newest first, `limit` at most, from after `after` on. */
export async function listFiles(
  db: Database,
  where: { ownerId: string; kind?: FileKind; after?: Position; limit: number },
): Promise<FileRecord[]> {
  const { ownerId, kind, after, limit } = where;
  const rows = await db.query<FileRow>(
    `SELECT ${COLUMNS} FROM files f JOIN blobs b USING (sha256)
      WHERE f.owner_id = $1 AND f.deleted_at IS NULL AND ($2::text IS NULL OR f.kind = $2)
        AND ($3::timestamptz IS NULL OR (f.created_at, f.id) < ($3, $4::uuid))
      ORDER BY f.created_at DESC, f.id DESC LIMIT $5`,
    [ownerId, kind ?? null, after?.createdAt ?? null, after?.id ?? null, limit],
  );
  return rows.map(toFile);
}

/**
 * The owner's File of the same bytes, which is deleted no longer if it was; `null` when there is none, or when nobody has
 * checked the bytes yet: a generation may have made them. One that it made is the sender's own from now on.
 */
export async function reviveFile(db: Database, file: NewFile): Promise<FileRecord | null> {
  const rows = await db.query<FileRow>(
    `WITH f AS (
       UPDATE files SET deleted_at = NULL, used_at = now(), kind = CASE WHEN kind = 'output' THEN $3 ELSE kind END
         WHERE owner_id = $1 AND sha256 = $2 AND EXISTS (SELECT 1 FROM blobs WHERE sha256 = $2 AND is_checked)
         RETURNING *
     )
     SELECT ${COLUMNS} FROM f JOIN blobs b USING (sha256)`,
    [file.ownerId, file.sha256, file.kind],
  );
  return rows[0] ? toFile(rows[0]) : null;
}

/**
 * Makes a File of a checked picture whose object was announced ({@link announceObject}) and written. Where a Blob of the
 * same bytes has come into being meanwhile, that one is taken, and the object is left to be deleted; unless that Blob's
 * own object is `lostKey`, or nobody has checked it.
 */
export function insertFile(
  db: Database,
  file: NewFile,
  { lostKey = null, ...blob }: NewBlob & { lostKey?: string | null },
): Promise<FileRecord> {
  const { objectKey, size, storedSize, mimeType, width, height } = blob;
  const facts = {
    ...{ size, width, height, mime_type: mimeType, is_checked: true },
    stored_size: storedSize === size ? null : storedSize,
  };
  return db.transaction(async (query) => {
    await query('SELECT keep_blob($1, $2, $3, $4)', [
      objectKey,
      file.sha256,
      JSON.stringify(facts),
      lostKey,
    ]);
    const [row] = await query<FileRow>(
      `WITH f AS (
         INSERT INTO files AS old (id, owner_id, kind, filename, sha256) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (owner_id, sha256) DO UPDATE
             SET deleted_at = NULL, used_at = now(), kind = CASE WHEN old.kind = 'output' THEN $3 ELSE old.kind END
           RETURNING *
       )
       SELECT ${COLUMNS} FROM f JOIN blobs b USING (sha256)`,
      [file.id, file.ownerId, file.kind, file.filename, file.sha256],
    );
    if (!row) throw new Error('an upsert returned no row');
    return toFile(row);
  });
}

/**
 * Deletes a File of the owner: `deleted` for good, or `hidden` while a generation needs it. With `force` it is taken
 * from finished generations too; `in_use` when an unfinished one needs it. `null` when there is none.
 */
export async function deleteFile(
  db: Database,
  { id, ownerId, force }: { id: string; ownerId: string; force: boolean },
): Promise<'deleted' | 'hidden' | 'in_use' | null> {
  const [row] = await db.query<{ result: 'deleted' | 'hidden' | 'in_use' | null }>(
    'SELECT delete_file($1, $2, $3) AS result',
    [id, ownerId, force],
  );
  return row?.result ?? null;
}

async function selectFile(
  db: Database,
  condition: string,
  values: [string, string],
): Promise<FileRecord | null> {
  const rows = await db.query<FileRow>(
    `SELECT ${COLUMNS} FROM files f JOIN blobs b USING (sha256)
      WHERE ${condition} AND f.owner_id = $2 AND f.deleted_at IS NULL`,
    values,
  );
  return rows[0] ? toFile(rows[0]) : null;
}

const COLUMNS = `f.id, f.owner_id, f.kind, f.filename, f.sha256, f.created_at,
  b.object_key, b.size, coalesce(b.stored_size, b.size) AS stored_size, b.mime_type, b.width, b.height`;

interface FileRow {
  id: string;
  owner_id: string;
  kind: FileKind;
  filename: string;
  sha256: string;
  created_at: Date;
  object_key: string;
  size: number;
  stored_size: number;
  mime_type: string;
  width: number | null;
  height: number | null;
}

function toFile(row: FileRow): FileRecord {
  return {
    id: row.id,
    ownerId: row.owner_id,
    kind: row.kind,
    filename: row.filename,
    sha256: row.sha256,
    objectKey: row.object_key,
    size: row.size,
    storedSize: row.stored_size,
    mimeType: row.mime_type,
    width: row.width,
    height: row.height,
    createdAt: row.created_at,
  };
}
