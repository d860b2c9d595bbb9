import { IMAGE_LIMITS } from '@avatarforge/contracts';
import sharp from 'sharp';

const SIDE = 256;
const TIMEOUT_S = 10;
const QUALITY = 80;

/** The picture as a JPEG of 256 pixels at most on a side, on white; null for what cannot be drawn. */
export async function drawThumbnail(bytes: Buffer): Promise<Buffer | null> {
  const picture = sharp(bytes, { limitInputPixels: IMAGE_LIMITS.maxSide ** 2 })
    .timeout({ seconds: TIMEOUT_S })
    .rotate()
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' });
  try {
    return await picture.jpeg({ quality: QUALITY }).toBuffer();
  } catch {
    return null;
  }
}
