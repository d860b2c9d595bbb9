import { WINDOW, type ImageBytes } from './imageBytes';
import { keep, rewrite, type Layout } from './layout';
import { readOrientation } from './readOrientation';
import { unreadable } from './refusals';

const SOI_LENGTH = 2;
const EOI = 0xd9;
/** The longest of what a segment is known by or is written anew from. */
const HEAD_LENGTH = 18;
const JFIF_LENGTH = 18;
const ADOBE_LENGTH = 16;
/** Many more than there are in any picture; without an end, a file of nothing else would keep us busy. */
const MAX_SEGMENTS = 5000;
const MAX_FILL = 1000;

interface Segment {
  code: number;
  start: number;
  end: number;
  /** Its first bytes, from the marker on. */
  head: Buffer;
}

type Kind = 'end' | 'scan' | 'pixels' | 'jfif' | 'adobe' | 'profile' | 'exif' | 'other';

const KEPT: Kind[] = ['end', 'scan', 'pixels', 'profile'];
/** Each scan costs a walk over the whole picture; so many segments hold a profile of 4 MiB. */
const MOST: Partial<Record<Kind, number>> = { scan: 50, profile: 64 };

/**
 * Finds what a JPEG needs: its pixels and their colours. Formats: ITU-T T.81 annex B, T.871 and T.872; ICC.1 annex B.4.
 * @throws AppError image_unreadable
 */
export async function readJpeg(image: ImageBytes): Promise<Layout> {
  const layout: Layout = { parts: [], orientation: 1, isLossless: false };
  keep(layout.parts, { start: 0, end: SOI_LENGTH });
  const counts = new Map<Kind, number>();
  let kind: Kind = 'other';
  for (let at = SOI_LENGTH; kind !== 'end';) {
    const segment = await segmentAt(image, at);
    kind = kindOf(segment);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > (MOST[kind] ?? MAX_SEGMENTS)) throw unreadable();
    if (kind === 'scan') segment.end = await endOfScan(image, segment.end);
    await take(image, layout, { kind, segment, count });
    at = segment.end;
  }
  return layout;
}

async function take(
  image: ImageBytes,
  layout: Layout,
  { kind, segment, count }: { kind: Kind; segment: Segment; count: number },
): Promise<void> {
  const { parts } = layout;
  if (KEPT.includes(kind)) keep(parts, segment);
  if (count > 1) return;
  if (kind === 'jfif') await rewrite(image, parts, { ...segment, bytes: bareJfif(segment) });
  if (kind === 'adobe') await rewrite(image, parts, { ...segment, bytes: bareAdobe(segment) });
  if (kind === 'exif') layout.orientation = await orientationIn(image, segment);
}

async function segmentAt(image: ImageBytes, from: number): Promise<Segment> {
  const { start, code } = await markerAt(image, from);
  if (code === EOI) return { code, start, end: start + 2, head: Buffer.alloc(0) };
  const end = start + 2 + (await image.read(start + 2, 2)).readUInt16BE();
  const head = Buffer.from(await image.read(start, Math.min(HEAD_LENGTH, end - start)));
  return { code, start, end, head };
}

/** Fill bytes may stand before a marker; they are left out. */
async function markerAt(image: ImageBytes, from: number): Promise<{ start: number; code: number }> {
  for (let start = from; start <= from + MAX_FILL; start += 1) {
    const [escape, code = 0] = await image.read(start, 2);
    if (escape !== 0xff) break;
    if (code !== 0xff) return { start, code };
  }
  throw unreadable();
}

/** @throws AppError image_unreadable for markers that have no place here, or that no browser decodes */
function kindOf({ code, start, end, head }: Segment): Kind {
  const length = end - start;
  const name = (of: string) => head.toString('latin1', 4).startsWith(of);
  if (code === EOI) return 'end';
  if (length < 4) throw unreadable();
  if (code === 0xda) return 'scan';
  if (code === 0xe0 && name('JFIF\0') && length >= JFIF_LENGTH) return 'jfif';
  if (code === 0xe1 && name('Exif\0')) return 'exif';
  if (code === 0xe2 && name('ICC_PROFILE\0')) return 'profile';
  if (code === 0xee && name('Adobe') && length >= ADOBE_LENGTH) return 'adobe';
  // Frames (baseline, extended, progressive), tables, restart interval.
  if ([0xc0, 0xc1, 0xc2, 0xc4, 0xdb, 0xdd].includes(code)) return 'pixels';
  // Other application data, the number of lines, comments.
  if ((code >= 0xe0 && code <= 0xef) || code === 0xdc || code === 0xfe) return 'other';
  throw unreadable();
}

/** The position of the next marker that is none of those within a scan. */
async function endOfScan(image: ImageBytes, start: number): Promise<number> {
  for (let at = start; ;) {
    const bytes = await image.read(at, Math.max(2, Math.min(WINDOW, image.size - at)));
    let hit = bytes.indexOf(0xff);
    while (hit !== -1 && hit + 1 < bytes.length) {
      if (!isWithinScan(bytes.readUInt8(hit + 1))) return at + hit;
      hit = bytes.indexOf(0xff, hit + 2);
    }
    at += bytes.length - 1;
  }
}

/** Zero says that the byte before it is data; the eight others are restarts. */
function isWithinScan(code: number): boolean {
  return code === 0 || (code >= 0xd0 && code <= 0xd7);
}

async function orientationIn(image: ImageBytes, { start, end }: Segment): Promise<number> {
  return readOrientation(await image.read(start + 4, Math.min(WINDOW, end - start - 4)));
}

/** Without the thumbnail that may follow, the size of which is in the last two bytes. */
function bareJfif(segment: Segment): Buffer {
  return shortened(segment, JFIF_LENGTH).fill(0, JFIF_LENGTH - 2);
}

function bareAdobe(segment: Segment): Buffer {
  return shortened(segment, ADOBE_LENGTH);
}

function shortened({ head }: Segment, length: number): Buffer {
  const bytes = Buffer.from(head.subarray(0, length));
  bytes.writeUInt16BE(length - 2, 2);
  return bytes;
}
