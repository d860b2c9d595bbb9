import type { IMAGE_LIMITS } from '@avatarforge/contracts';

/** A kind of image that is accepted. */
export type ImageType = (typeof IMAGE_LIMITS.mimeTypes)[number];

/** How many bytes of the start of a file say what it is. */
export const SNIFF_LENGTH = 12;

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** The kind of image that begins with these bytes; `null` for all else. */
export function sniffImageType(start: Buffer): ImageType | null {
  if (start.subarray(0, 8).equals(PNG_SIGNATURE)) return 'image/png';
  if (start.subarray(0, 3).equals(JPEG)) return 'image/jpeg';
  const isRiff = start.toString('latin1', 0, 4) === 'RIFF';
  return isRiff && start.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : null;
}
