import { extname } from 'node:path';
import sharp from 'sharp';

/** What an output is, by its bytes where it is a picture and by its name where it is not. */
export interface OutputFacts {
  mimeType: string;
  /** Pixels; null for what is no picture. */
  width: number | null;
  height: number | null;
}

/** The bytes are no picture that can be decoded. */
export class UnreadableOutputError extends Error {
  constructor(filename: string, cause: unknown) {
    super(`the output ${filename} cannot be decoded`, { cause });
    this.name = 'UnreadableOutputError';
  }
}

const PICTURE = /^\.(?:png|jpe?g|webp|gif|avif|tiff?)$/;

/** Formats that sharp decodes under those names; an SVG, which may hold scripts, is none of them. */
const PICTURE_TYPES: Record<string, string> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heif: 'image/avif',
  tiff: 'image/tiff',
};

const OTHER_TYPES: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.glb': 'model/gltf-binary',
  '.gltf': 'model/gltf+json',
  '.obj': 'model/obj',
  '.stl': 'model/stl',
};

/**
 * What an output is. Of a picture every pixel is read: a truncated download is found here and not by the client.
 * @throws UnreadableOutputError for what is called a picture and is none
 */
export async function identifyOutput(bytes: Buffer, filename: string): Promise<OutputFacts> {
  const extension = extname(filename).toLowerCase();
  if (PICTURE.test(extension)) return identifyPicture(bytes, filename);
  const mimeType = OTHER_TYPES[extension] ?? 'application/octet-stream';
  return { mimeType, width: null, height: null };
}

async function identifyPicture(bytes: Buffer, filename: string): Promise<OutputFacts> {
  try {
    const image = sharp(bytes, { failOn: 'error' });
    const { format, width, height } = await image.metadata();
    const mimeType = PICTURE_TYPES[format];
    if (mimeType === undefined) throw new TypeError(`it is of the format ${format}`);
    await image.stats();
    return { mimeType, width, height };
  } catch (cause) {
    throw new UnreadableOutputError(filename, cause);
  }
}
