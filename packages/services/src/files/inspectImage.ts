import { open } from 'node:fs/promises';
import { IMAGE_LIMITS } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import sharp from 'sharp';
import { sniffImageType, SNIFF_LENGTH, type ImageType } from './sniffImageType';

const DECODE_TIMEOUT_S = 30;

/** What a picture is, found by looking at its bytes. */
export interface ImageFacts {
  mimeType: ImageType;
  /** Pixels. */
  width: number;
  height: number;
}

/**
 * Looks at the picture in the file `path` and decodes all of it.
 * @throws AppError unsupported_media_type, image_unreadable, image_dimensions
 */
export async function inspectImage(path: string): Promise<ImageFacts> {
  const mimeType = sniffImageType(await readStart(path));
  if (!mimeType) {
    throw new AppError('unsupported_media_type', 'Send a PNG, JPEG or WEBP image.');
  }
  // The cache knows a file by its path, and keeps removed ones open.
  sharp.cache(false);
  const { width, height, pages = 1 } = await decoded(readHeader(path));
  if (pages > 1) {
    throw new AppError('unsupported_media_type', 'Send a still image; this one is animated.');
  }
  checkSide('wide', width);
  checkSide('high', height);
  await decoded(decodeAll(path));
  return { mimeType, width, height };
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const start = Buffer.alloc(SNIFF_LENGTH);
    const { bytesRead } = await file.read(start, 0, SNIFF_LENGTH, 0);
    return start.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The size is checked by us, with a clearer sentence, before anything is decoded. */
function readHeader(path: string) {
  return sharp(path, { failOn: 'error', limitInputPixels: false }).metadata();
}

/** Every pixel has a share in the one that is made, so every one is decoded; none is kept. */
function decodeAll(path: string) {
  return sharp(path, { failOn: 'error', limitInputPixels: IMAGE_LIMITS.maxSide ** 2 })
    .resize(1, 1, { fit: 'fill', fastShrinkOnLoad: false })
    .timeout({ seconds: DECODE_TIMEOUT_S })
    .raw()
    .toBuffer();
}

async function decoded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const error = new AppError('image_unreadable', 'The image is damaged or incomplete.');
    error.cause = cause;
    throw error;
  }
}

function checkSide(word: 'wide' | 'high', pixels: number): void {
  const { minSide, maxSide } = IMAGE_LIMITS;
  if (pixels >= minSide && pixels <= maxSide) return;
  const detail = `The image is ${pixels} pixels ${word}; each side must have ${minSide} to ${maxSide}.`;
  throw new AppError('image_dimensions', detail);
}
