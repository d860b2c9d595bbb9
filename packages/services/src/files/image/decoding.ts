import { open } from 'node:fs/promises';
import { IMAGE_LIMITS } from '@avatarforge/contracts';
import sharp, { type Sharp } from 'sharp';
import type { ImageType } from './sniffImageType';

const TIMEOUT_S = 30;
const QUALITY = 95;

/** What the decoder says of a picture before it decodes it. */
export function readHeader(path: string) {
  // The cache knows a file by its path, and keeps removed ones open.
  sharp.cache(false);
  return sharp(path, { failOn: 'error', limitInputPixels: false }).metadata();
}

/** Decodes all: every pixel has a share in the one that is made. None is kept. */
export async function decodeAll(path: string): Promise<void> {
  const shrunk = pixelsOf(path).resize(1, 1, { fit: 'fill', fastShrinkOnLoad: false });
  await shrunk.raw().toBuffer();
}

/** How a picture is to be drawn. */
interface Drawing {
  mimeType: ImageType;
  /** As EXIF counts, 1 to 8: how the pixels of the source must be turned. */
  orientation: number;
  isLossless: boolean;
}

/** Draws the picture in the file `path` anew: upright, in sRGB, with 8 bits a channel, and without metadata. */
export async function drawAnew(path: string, drawing: Drawing, target: string): Promise<void> {
  // There before it is written to, so that only its owner can read it.
  await (await open(target, 'w', 0o600)).close();
  const upright = turned(pixelsOf(path), drawing.orientation).toColourspace('srgb');
  await encoded(upright, drawing).toFile(target);
}

function pixelsOf(path: string): Sharp {
  return sharp(path, {
    failOn: 'error',
    limitInputPixels: IMAGE_LIMITS.maxSide ** 2,
    sequentialRead: true,
  }).timeout({ seconds: TIMEOUT_S });
}

/** What sharp flops, it flops before it rotates. */
function turned(image: Sharp, orientation: number): Sharp {
  const isMirrored = [2, 4, 5, 7].includes(orientation);
  const angle = [0, 0, 0, 180, 180, 270, 90, 90, 270][orientation] ?? 0;
  return image.flop(isMirrored).rotate(angle);
}

/** As files that are written while they are made, with little in memory; a smaller file takes far more of it, and time. */
function encoded(image: Sharp, { mimeType, isLossless }: Drawing): Sharp {
  switch (mimeType) {
    case 'image/png':
      return image.png();
    case 'image/jpeg':
      return image.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4', optimiseCoding: false });
    case 'image/webp':
      return image.webp({ quality: QUALITY, lossless: isLossless, effort: isLossless ? 0 : 4 });
  }
}
