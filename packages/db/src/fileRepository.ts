import type { Database } from './database';

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
  /** Where the bytes are in object storage. */
  objectKey: string;
  /** Bytes. */
  size: number;
  mimeType: string;
  /** Pixels; null for what is no picture. */
  width: number | null;
  height: number | null;
  createdAt: Date;
}

/** What a new File says of itself. */
export type NewFile = Pick<FileRecord, 'id' | 'ownerId' | 'kind' | 'filename' | 'sha256'>;
/** What a new Blob says of itself, beside its SHA-256. */
export type NewBlob = Pick<FileRecord, 'objectKey' | 'size' | 'mimeType' | 'width' | 'height'>;

/** The File of this owner that is not deleted; `null` when there is none. `id` must be a UUID. */
export async function findFile(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<FileRecord | null> {
  const rows = await db.query<FileRow>(
    `SELECT ${COLUMNS} FROM files f JOIN blobs b USING (sha256)
      WHERE f.id = $1 AND f.owner_id = $2 AND f.deleted_at IS NULL`,
    [id, ownerId],
  );
  return rows[0] ? toFile(rows[0]) : null;
}

/**
 * Makes a File of bytes that are stored already, or revives the owner's File of the same bytes; saves
 * the Blob from being cleaned up. `null` when no Blob holds these bytes.
 */
export async function insertFileOfBlob(db: Database, file: NewFile): Promise<FileRecord | null> {
  const rows = await db.query<FileRow>(
    `WITH b AS (UPDATE blobs SET condemned_at = NULL WHERE sha256 = $5 RETURNING *) ${UPSERT_FILE}`,
    valuesOf(file),
  );
  return rows[0] ? toFile(rows[0]) : null;
}

/**
 * Makes a File and the Blob behind it, in one statement. Where a Blob of the same bytes has come into
 * being meanwhile, it is kept: the answer's `objectKey` is then another than that of `blob`.
 */
export async function insertFileAndBlob(
  db: Database,
  file: NewFile,
  blob: NewBlob,
): Promise<FileRecord> {
  const [row] = await db.query<FileRow>(
    `WITH b AS (
      INSERT INTO blobs (sha256, object_key, size, mime_type, width, height)
        VALUES ($5, $6, $7, $8, $9, $10)
        ON CONFLICT (sha256) DO UPDATE SET condemned_at = NULL
        RETURNING *
    ) ${UPSERT_FILE}`,
    [...valuesOf(file), blob.objectKey, blob.size, blob.mimeType, blob.width, blob.height],
  );
  if (!row) throw new Error('an upsert returned no row');
  return toFile(row);
}

const COLUMNS = `f.id, f.owner_id, f.kind, f.filename, f.sha256, f.created_at,
  b.object_key, b.size, b.mime_type, b.width, b.height`;

// Reads the Blob as `b`; a File is unique by owner and bytes.
const UPSERT_FILE = `, f AS (
    INSERT INTO files (id, owner_id, kind, filename, sha256)
      SELECT $1::uuid, $2::uuid, $3, $4, b.sha256 FROM b
      ON CONFLICT (owner_id, sha256) DO UPDATE SET deleted_at = NULL
      RETURNING *
  )
  SELECT ${COLUMNS} FROM f JOIN b USING (sha256)`;

const valuesOf = (file: NewFile) => [file.id, file.ownerId, file.kind, file.filename, file.sha256];

interface FileRow {
  id: string;
  owner_id: string;
  kind: FileKind;
  filename: string;
  sha256: string;
  created_at: Date;
  object_key: string;
  size: number;
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
    mimeType: row.mime_type,
    width: row.width,
    height: row.height,
    createdAt: row.created_at,
  };
}
