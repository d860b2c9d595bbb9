import { PNG_SIGNATURE } from '../files/image/sniffImageType';

/** Length, type and checksum around the data of a chunk. */
const CHUNK_OVERHEAD = 12;
const TEXT_CHUNKS = ['tEXt', 'zTXt', 'iTXt', 'eXIf'];

/**
 * A PNG without its text chunks; anything else as it is. ComfyUI writes the whole graph into them, with names that are
 * new for every attempt: without them the same wish gives the same bytes, and a picture passed on does not tell how it
 * was made. Format: PNG specification, third edition, section 5.
 */
export function withoutText(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return bytes;
  const kept: Buffer[] = [PNG_SIGNATURE];
  for (let at = PNG_SIGNATURE.length; at + CHUNK_OVERHEAD <= bytes.length;) {
    const end = at + CHUNK_OVERHEAD + bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!TEXT_CHUNKS.includes(type)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
