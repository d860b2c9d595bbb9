import { z } from 'zod';
import { IMAGE_LIMITS } from './images';
import { plainText } from './plainText';

/** What a file was first used as. */
const FileKind = z.enum(['pose', 'reference', 'output']);

/** A stored file as v1 shows it. */
export const File = z
  .object({
    id: z.uuid().describe('Name of the file.'),
    kind: FileKind.describe('What it was first used as. Any picture may be used as any.'),
    filename: z.string().describe('What to call it when it is saved.'),
    content_hash: z.string().describe('SHA-256 of the bytes as sent, hexadecimal.'),
    size: z.int().describe('Bytes of its content: without metadata, less than was sent.'),
    mime_type: z.string().describe('Kind of file, by its content.').meta({ example: 'image/png' }),
    width: z.int().nullable().describe('Pixels; null for what is no picture.'),
    height: z.int().nullable().describe('Pixels; null for what is no picture.'),
    created_at: z.iso
      .datetime()
      .meta({ example: '2026-01-02T03:04:05.678Z' })
      .describe('When it was first stored, UTC.'),
    urls: z
      .object({
        self: z.string().describe('Where to look at it again.'),
        content: z.string().describe('Where the bytes are.'),
      })
      .describe('Links.'),
  })
  .meta({ id: 'File' });
export type File = z.infer<typeof File>;

/** What an upload is for. */
const uploadKind = z.enum(['pose', 'reference']).default('reference');

/** Query of `POST /v1/files`. */
export const UploadQuery = z.strictObject({
  kind: uploadKind.describe('What it is for. Any picture may be used as any.'),
});

/** Query of `GET /v1/files`. */
export const ListFiles = z.strictObject({
  kind: FileKind.optional().describe('Only files of this kind.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Size of a page.'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before.'),
});
export type ListFiles = z.infer<typeof ListFiles>;

/** A page of files, newest first. */
export const FilePage = z
  .object({
    data: z.array(File).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page.'),
    has_more: z.boolean().describe('Whether there is a next page.'),
  })
  .meta({ id: 'FilePage' });

/** Path of one file. */
export const FileParams = z.object({ id: z.string().describe('Name of the file.') });

/** Query of `DELETE /v1/files/{id}`. */
export const DeleteFileQuery = z.object({
  force: z
    .union([z.literal('').transform(() => false), z.stringbool()])
    .default(false)
    .describe('Takes it from finished generations too; else it is kept for them, out of sight.'),
});

/** Path of the bytes' hash. */
export const HashParams = z.object({
  sha256: z.string().describe('SHA-256 of the bytes as sent, hexadecimal.'),
});

/** Body of `POST /v1/files/import`. */
export const ImportFile = z
  .strictObject({
    url: z.string().min(1).max(2000).describe('Where the picture is; https, and not inside.'),
    kind: uploadKind.describe('What it is for. Any picture may be used as any.'),
  })
  .meta({
    id: 'ImportFile',
    example: { url: 'https://example.com/face.png', kind: 'reference' },
  });
export type ImportFile = z.infer<typeof ImportFile>;

/** Body of `POST /v1/files/uploads`. */
export const StartUpload = z
  .strictObject({
    filename: plainText().min(1).max(255).describe('What to call it when it is saved.'),
    size: z.int().min(1).max(IMAGE_LIMITS.maxBytes).describe('Bytes.'),
    mime_type: z.enum(IMAGE_LIMITS.mimeTypes).describe('Kind of picture.'),
    kind: uploadKind.describe('What it is for. Any picture may be used as any.'),
  })
  .meta({
    id: 'StartUpload',
    example: { filename: 'face.png', size: 48213, mime_type: 'image/png', kind: 'reference' },
  });
export type StartUpload = z.infer<typeof StartUpload>;

/** Where the sender puts the bytes of a direct upload. */
export const DirectUpload = z
  .object({
    id: z.uuid().describe('Name of the upload, for `…/complete`.'),
    method: z.literal('PUT').describe('How to send the bytes.'),
    url: z.string().describe('Where to send them. Nothing else is to be sent there.'),
    headers: z.record(z.string(), z.string()).describe('Send exactly these headers with them.'),
    expires_at: z.iso.datetime().describe('Until when, UTC.'),
  })
  .meta({ id: 'DirectUpload' });

/** Body of `POST /v1/maintenance/cleanup`. */
export const CleanUp = z
  .strictObject({
    days: z
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe('Deletes files that no generation needs and nobody used for so many days.'),
    scan_storage: z
      .boolean()
      .default(false)
      .describe(
        'Looks at every object of the storage, and deletes those older than a day that the database does not know. ' +
          'Never do this where two installations share a bucket.',
      ),
    dry_run: z.boolean().default(false).describe('Only counts.'),
  })
  .meta({ id: 'CleanUp', example: { days: 30, dry_run: true } });
export type CleanUp = z.infer<typeof CleanUp>;

/** What a clean-up did, or would do. */
export const CleanUpReport = z
  .object({
    dry_run: z.boolean().describe('Nothing was deleted.'),
    orphaned_files: z.int().describe('Files that no generation needs and nobody used.'),
    generations: z.int().describe('Generations that have been in the trash for 30 days.'),
    blobs: z.int().describe('Contents that no file names any more, after the grace.'),
    objects: z.int().describe('Objects of the storage that are not needed any more.'),
    unknown_objects: z.int().describe('Of these, what the scan of the storage found.'),
  })
  .meta({ id: 'CleanUpReport' });
export type CleanUpReport = z.infer<typeof CleanUpReport>;
