import { pipeline } from 'node:stream/promises';
import { openFile, uploadFile, type OpenedFile, type UploadFileDeps } from '@avatarforge/services';
import type { ByteRange } from '@avatarforge/storage';
import type { Request, Response } from 'express';
import type { HandlerRequest, Handlers } from '../http/router';
import { toContentDisposition } from '../presenters/contentDisposition';
import { toUploadedFile } from '../presenters/uploadedFile';
import { receiveMultipart } from '../uploads/receiveMultipart';

export interface FileDeps extends UploadFileDeps {
  /** Where what arrives is kept until it is stored. */
  uploadFolder: string;
  /** Whether files are nobody's secret: caches that many people share may keep them. */
  isOpen: boolean;
}

type UploadRequest = Pick<HandlerRequest<'uploadPoseImage'>, 'ctx' | 'req' | 'res'>;

/** The original contract: files. */
export function fileHandlers(
  deps: FileDeps,
): Pick<Handlers, 'uploadPoseImage' | 'uploadReferenceImage' | 'downloadFile'> {
  const upload = async ({ ctx, req, res }: UploadRequest, kind: 'pose' | 'reference') => {
    const received = await receiveMultipart(req, res, deps.uploadFolder);
    try {
      const { file, isDuplicate } = await uploadFile(deps, { ctx, upload: { ...received, kind } });
      return toUploadedFile(file, isDuplicate);
    } finally {
      await received.remove();
    }
  };
  return {
    uploadPoseImage: (request) => upload(request, 'pose'),
    uploadReferenceImage: (request) => upload(request, 'reference'),

    async downloadFile({ ctx, params, req, res }) {
      const opened = await openFile(deps, { ctx, id: params.file_id });
      const cache = deps.isOpen ? 'public' : 'private';
      res.setHeader('Cache-Control', `${cache}, max-age=31536000, immutable`);
      await sendFile(opened, req, res);
    },
  };
}

async function sendFile({ file, open }: OpenedFile, req: Request, res: Response): Promise<void> {
  const { mimeType, filename, sha256, size } = file;
  const etag = `"${sha256}"`;
  res.set({ ETag: etag, 'Accept-Ranges': 'bytes' });
  if (isKnown(req, etag)) {
    res.status(304).end();
    return;
  }
  const range = wantedRange(req, size, etag);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) res.status(206).setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  res.set({
    'Content-Type': mimeType,
    'Content-Disposition': toContentDisposition(filename, mimeType),
    'Content-Length': String(end - start + 1),
  });
  if (req.method === 'HEAD') res.end();
  else await sendBytes(open, range, res);
}

/** Whether the client has these bytes; they never change, so a wish to ask again is fulfilled by this answer. */
function isKnown(req: Request, etag: string): boolean {
  const known = (req.get('If-None-Match') ?? '').split(',').map((tag) => tag.trim());
  return known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

async function sendBytes(
  open: OpenedFile['open'],
  range: Required<ByteRange> | undefined,
  res: Response,
): Promise<void> {
  const body = await open(range);
  try {
    await pipeline(body, res);
  } catch (error) {
    // The client has gone: nobody is left to be told.
    if (!isPrematureClose(error)) throw error;
  }
}

/** The one range that was asked for; other wishes may be answered with the whole (RFC 9110, 14.2). */
function wantedRange(req: Request, size: number, etag: string): Required<ByteRange> | undefined {
  const condition = req.get('If-Range');
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = req.range(size);
  const isSingle = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1;
  return isSingle ? ranges[0] : undefined;
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
