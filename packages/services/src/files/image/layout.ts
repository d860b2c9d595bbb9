import type { ImageBytes } from './imageBytes';
import { unreadable } from './refusals';

/** A run of bytes of the file that is kept, `end` not included, or what is written in its place. */
export interface Part {
  start: number;
  end: number;
  bytes?: Buffer;
}

/** What a picture needs of the file it lies in. */
export interface Layout {
  /** In the order of the file. What is in none is left out. */
  parts: Part[];
  /** How the stored pixels must be turned to stand upright: 1 to 8, as EXIF counts; 1 is upright. */
  orientation: number;
  /** The pixels are stored exactly. */
  isLossless: boolean;
}

/** More than any encoder makes; less than takes memory. */
const MAX_PARTS = 1000;

/** Adds bytes that are kept. */
export function keep(parts: Part[], { start, end }: Part): void {
  const last = parts.at(-1);
  if (last && !last.bytes && last.end === start) last.end = end;
  else add(parts, { start, end });
}

/** Adds bytes that may have to be written otherwise. */
export async function rewrite(image: ImageBytes, parts: Part[], part: Required<Part>) {
  const { start, end, bytes } = part;
  const isSame = end - start === bytes.length && bytes.equals(await image.read(start, end - start));
  if (isSame) keep(parts, part);
  else add(parts, part);
}

function add(parts: Part[], part: Part): void {
  if (parts.length === MAX_PARTS) throw unreadable();
  parts.push(part);
}

/** Whether nothing is left out and nothing is written otherwise. */
export function isWhole(parts: Part[], size: number): boolean {
  const [first] = parts;
  return parts.length === 1 && first?.start === 0 && first.end === size && !first.bytes;
}
