import { readFile } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { AppError } from '@avatarforge/core';
import { takeTurns } from '@avatarforge/runtime';
import { receiveFile } from '@avatarforge/services';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** What a body may have at most where it holds no picture. */
export const JSON_LIMIT_BYTES = 1024 ** 2;
/** A picture of 50 MB, as base64, and a little more. */
const LARGE_LIMIT_BYTES = 70 * 1024 ** 2;

/** A large body takes a multiple of its size in memory, for as long as it is answered: one at a time. */
const inTurn = takeTurns(1);

/**
 * Reads bodies that may hold pictures. A large one is written to a file in `folder` while it arrives, so that a sender who
 * takes long keeps nobody waiting; it is parsed when its turn comes. Others are left to `small`.
 */
export function readLargeJson(folder: string, small: RequestHandler): RequestHandler {
  return async (req, res, next) => {
    if (Number(req.get('Content-Length') ?? Infinity) <= JSON_LIMIT_BYTES && !isEncoded(req)) {
      await small(req, res, next);
      return;
    }
    if (isEncoded(req)) {
      throw new AppError('unsupported_media_type', 'Send this body as it is, not compressed.');
    }
    const received = await receiveFile(limited(req), folder);
    try {
      await inTurn(async () => {
        req.body = parse(await readFile(received.path));
        await answered(res, next);
      });
    } finally {
      await received.remove();
    }
  };
}

/** A few kilobytes may hide any number. */
function isEncoded(req: Request): boolean {
  return (req.get('Content-Encoding') ?? 'identity').toLowerCase() !== 'identity';
}

function limited(body: Readable): Readable {
  let size = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= LARGE_LIMIT_BYTES) done(null, chunk);
      else done(new AppError('payload_too_large', 'The body is larger than this address accepts.'));
    },
  });
  body.on('error', (error) => limit.destroy(error));
  body.on('close', () => {
    if (!limit.writableEnded) limit.destroy(new AppError('invalid_json', 'The body was cut off.'));
  });
  return body.pipe(limit);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new AppError('invalid_json', 'The body is not complete JSON.');
  }
}

/** Goes on, and comes back when the answer is out or the client gone. */
function answered(res: Response, next: NextFunction): Promise<void> {
  return new Promise((resolve) => {
    if (res.destroyed) {
      resolve();
      return;
    }
    res.once('close', resolve);
    next();
  });
}
