import { WINDOW, type ImageBytes } from './imageBytes';
import { keep, rewrite, type Layout } from './layout';
import { readOrientation } from './readOrientation';
import { animated, unreadable } from './refusals';

const RIFF_LENGTH = 12;
const CHUNK_HEADER = 8;
const VP8X_LENGTH = 18;
const FLAGS_AT = 8;
const HAS_PROFILE = 0x20;
const HAS_ALPHA = 0x10;
const MAX_PROFILE_BYTES = 4 * 1024 * 1024;
/** Many more chunks than a still picture has are an attempt to keep us busy. */
const MAX_CHUNKS = 1000;
/** What is kept, in the order in which it must come. */
const STILL = /^(?:VP8 |VP8L|VP8X(?:ICCP)?(?:VP8L|(?:ALPH)?VP8 ))$/;

interface Chunk {
  type: string;
  /** Of the data in it, in bytes. */
  length: number;
  start: number;
  /** After the byte that makes the length even. */
  end: number;
}

/**
 * Finds what a WEBP needs: its pixels and their colours. Format: RFC 9649.
 * @throws AppError image_unreadable, unsupported_media_type
 */
export async function readWebp(image: ImageBytes): Promise<Layout> {
  const chunks = await readChunks(image);
  const kept = chunks.filter(isKept);
  const types = kept.map(({ type }) => type).join('');
  if (!STILL.test(types)) throw unreadable();
  const layout: Layout = { parts: [], orientation: 1, isLossless: types.endsWith('VP8L') };
  const size = kept.reduce((sum, { start, end }) => sum + end - start, RIFF_LENGTH);
  const riff = Buffer.from(await image.read(0, RIFF_LENGTH));
  riff.writeUInt32LE(size - CHUNK_HEADER, 4);
  await rewrite(image, layout.parts, { start: 0, end: RIFF_LENGTH, bytes: riff });
  for (const chunk of kept) {
    if (chunk.type === 'VP8X') await keepHeader(image, layout, { chunk, kept });
    else keep(layout.parts, chunk);
  }
  const exif = chunks.find(({ type }) => type === 'EXIF');
  if (exif) layout.orientation = await orientationIn(image, exif);
  return layout;
}

/** All up to the end that the file tells; what follows is no part of the picture. */
async function readChunks(image: ImageBytes): Promise<Chunk[]> {
  const riff = await image.read(0, RIFF_LENGTH);
  const end = CHUNK_HEADER + riff.readUInt32LE(4);
  const chunks: Chunk[] = [];
  for (let at = RIFF_LENGTH; at < end;) {
    const header = await image.read(at, CHUNK_HEADER);
    const type = header.toString('latin1', 0, 4);
    const length = header.readUInt32LE(4);
    const chunk = { type, length, start: at, end: at + CHUNK_HEADER + length + (length % 2) };
    if (type === 'ANIM' || type === 'ANMF') throw animated();
    if (chunk.end > Math.min(end, image.size) || chunks.length === MAX_CHUNKS) throw unreadable();
    chunks.push(chunk);
    at = chunk.end;
  }
  return chunks;
}

function isKept({ type, length }: Chunk): boolean {
  if (type === 'ICCP') return length <= MAX_PROFILE_BYTES;
  return ['VP8X', 'ALPH', 'VP8 ', 'VP8L'].includes(type);
}

/** The header tells of metadata, too. */
async function keepHeader(
  image: ImageBytes,
  { parts }: Layout,
  { chunk, kept }: { chunk: Chunk; kept: Chunk[] },
): Promise<void> {
  const { start, end } = chunk;
  if (end - start !== VP8X_LENGTH) throw unreadable();
  const bytes = Buffer.from(await image.read(start, VP8X_LENGTH));
  const hasProfile = kept.some(({ type }) => type === 'ICCP');
  const alpha = bytes.readUInt8(FLAGS_AT) & HAS_ALPHA;
  bytes.writeUInt32LE(alpha | (hasProfile ? HAS_PROFILE : 0), FLAGS_AT);
  await rewrite(image, parts, { start, end, bytes });
}

async function orientationIn(image: ImageBytes, { start, length }: Chunk): Promise<number> {
  return readOrientation(await image.read(start + CHUNK_HEADER, Math.min(length, WINDOW)));
}
