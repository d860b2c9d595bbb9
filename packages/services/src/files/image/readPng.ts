import { crc32 } from 'node:zlib';
import { WINDOW, type ImageBytes } from './imageBytes';
import { keep, type Layout } from './layout';
import { readOrientation } from './readOrientation';
import { animated, unreadable } from './refusals';
import { PNG_SIGNATURE } from './sniffImageType';

/** What is kept, and the most bytes that such a chunk can need. */
const KEPT: Record<string, number> = {
  IHDR: 13,
  PLTE: 768,
  IDAT: 2 ** 31,
  IEND: 0,
  tRNS: 256,
  gAMA: 4,
  cHRM: 32,
  sRGB: 1,
  iCCP: 4 * 1024 * 1024,
  sBIT: 4,
  pHYs: 9,
  cICP: 4,
  mDCV: 24,
  cLLI: 8,
};

/** Enough for 50 MB in the smallest that encoders make. */
const MAX_CHUNKS = 200_000;

interface Chunk {
  type: string;
  /** Of the data in it, in bytes. */
  length: number;
  start: number;
  end: number;
}

/**
 * Finds what a PNG needs: its pixels, their colours and their size. Format: PNG specification, third edition, sections 5 and 11.
 * @throws AppError image_unreadable, unsupported_media_type
 */
export async function readPng(image: ImageBytes): Promise<Layout> {
  const layout: Layout = { parts: [], orientation: 1, isLossless: true };
  keep(layout.parts, { start: 0, end: PNG_SIGNATURE.length });
  const kept = new Set<string>();
  let before = '';
  let chunks = 0;
  for (let at = PNG_SIGNATURE.length; before !== 'IEND';) {
    if ((chunks += 1) > MAX_CHUNKS) throw unreadable();
    const chunk = await chunkAt(image, at);
    checkPlace(chunk, { before, kept });
    if (chunk.type === 'eXIf') layout.orientation = await orientationIn(image, chunk);
    if (isKept(chunk, kept)) {
      await checkSum(image, chunk);
      keep(layout.parts, chunk);
      kept.add(chunk.type);
    }
    before = chunk.type;
    at = chunk.end;
  }
  return layout;
}

async function chunkAt(image: ImageBytes, start: number): Promise<Chunk> {
  const header = await image.read(start, 8);
  const length = header.readUInt32BE();
  const end = start + 12 + length;
  if (end > image.size) throw unreadable();
  return { type: header.toString('latin1', 4), length, start, end };
}

/** Decoders differ in what they make of a second run of pixels, so there is to be none. */
function checkPlace({ type, length }: Chunk, seen: { before: string; kept: Set<string> }): void {
  if (type === 'acTL') throw animated();
  const isUnknown = !(type in KEPT) && /^[^a-z]/.test(type);
  const isFirst = seen.before === '';
  const isSecondRun = type === 'IDAT' && seen.before !== 'IDAT' && seen.kept.has('IDAT');
  const isBadEnd = type === 'IEND' && (length > 0 || !seen.kept.has('IDAT'));
  if (isUnknown || isFirst !== (type === 'IHDR') || isSecondRun || isBadEnd) throw unreadable();
}

/** Each once, and before the pixels, as decoders heed no other. */
function isKept({ type, length }: Chunk, kept: Set<string>): boolean {
  if (length > (KEPT[type] ?? -1)) return false;
  return type === 'IDAT' || type === 'IEND' || !(kept.has('IDAT') || kept.has(type));
}

async function orientationIn(image: ImageBytes, { start, length }: Chunk): Promise<number> {
  return readOrientation(await image.read(start + 8, Math.min(length, WINDOW)));
}

async function checkSum(image: ImageBytes, { start, end }: Chunk): Promise<void> {
  const sumAt = end - 4;
  let sum = 0;
  for (let at = start + 4; at < sumAt; at += WINDOW) {
    sum = crc32(await image.read(at, Math.min(WINDOW, sumAt - at)), sum);
  }
  const told = (await image.read(sumAt, 4)).readUInt32BE();
  if (sum !== told) throw unreadable();
}
