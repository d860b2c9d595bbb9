import { pipeline } from 'node:stream/promises';
import type { OpenedFile } from '@avatarforge/services';
import type { ByteRange } from '@avatarforge/storage';
import type { Request, Response } from 'express';
import { toContentDisposition } from '../presenters/contentDisposition';

/**
 * Answers with the bytes of a file, or the range of them that was asked for. They never change, so they may be kept for
 * ever; `isOpen`: by caches that many people share, too.
 */
export async function sendFile(
  { file, open }: OpenedFile,
  { req, res, isOpen }: { req: Request; res: Response; isOpen: boolean },
): Promise<void> {
  const { mimeType, filename, sha256, storedSize: size } = file;
  const cache = isOpen ? 'public' : 'private';
  res.setHeader('Cache-Control', `${cache}, max-age=31536000, immutable`);
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
