import { AppError } from '@avatarforge/core';
import type { ImageBytes } from './imageBytes';
import type { Layout } from './layout';
import { readJpeg } from './readJpeg';
import { readPng } from './readPng';
import { readWebp } from './readWebp';
import { SNIFF_LENGTH, sniffImageType, type ImageType } from './sniffImageType';

const READERS: Record<ImageType, (image: ImageBytes) => Promise<Layout>> = {
  'image/png': readPng,
  'image/jpeg': readJpeg,
  'image/webp': readWebp,
};

/** @throws AppError unsupported_media_type */
export async function readImageType(image: ImageBytes): Promise<ImageType> {
  const type = sniffImageType(await image.read(0, Math.min(image.size, SNIFF_LENGTH)));
  if (!type) throw new AppError('unsupported_media_type', 'Send a PNG, JPEG or WEBP image.');
  return type;
}

/**
 * Finds which of the bytes the picture needs. Nothing is decoded.
 * @throws AppError unsupported_media_type, image_unreadable
 */
export async function readLayout(image: ImageBytes): Promise<Layout> {
  return READERS[await readImageType(image)](image);
}
