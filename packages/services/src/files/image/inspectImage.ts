import { IMAGE_LIMITS } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { decodeAll, readHeader } from './decoding';
import { withImageBytes } from './imageBytes';
import { readImageType } from './readLayout';
import { animated, unreadable } from './refusals';
import type { ImageType } from './sniffImageType';

/** What a picture is, found by looking at its bytes. */
export interface ImageFacts {
  mimeType: ImageType;
  /** Pixels, as they are stored. */
  width: number;
  height: number;
  /** Gray or RGB with 8 bits a channel: what every browser shows alike. */
  isPlain: boolean;
}

/**
 * Looks at the picture in the file `path` and decodes all of it.
 * @throws AppError unsupported_media_type, image_unreadable, image_dimensions
 */
export async function inspectImage(path: string): Promise<ImageFacts> {
  const mimeType = await withImageBytes(path, readImageType);
  const { width, height, space, depth, pages = 1 } = await decoded(readHeader(path));
  if (pages > 1) throw animated();
  // Before anything is decoded, and with a clearer sentence than the decoder has.
  checkSize(width, height);
  await decoded(decodeAll(path));
  return { mimeType, width, height, isPlain: space !== 'cmyk' && depth === 'uchar' };
}

async function decoded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw unreadable(cause);
  }
}

function checkSize(width: number, height: number): void {
  const { minSide, maxSide } = IMAGE_LIMITS;
  if (Math.min(width, height) >= minSide && Math.max(width, height) <= maxSide) return;
  const detail = `The image is ${width} × ${height} pixels; each side must have ${minSide} to ${maxSide}. Scale it, and send it again.`;
  throw new AppError('image_dimensions', detail);
}
