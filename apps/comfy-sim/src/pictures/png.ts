import { crc32 } from 'node:zlib';
import type sharp from 'sharp';
import { frameSharp, type Picture } from './picture';

export const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

// A PNG starts with its signature and a 25-byte IHDR chunk.
const headerBytes = pngSignature.length + 25;

/** One chunk of a PNG: its length, its type, its body and their checksum. */
export function pngChunk(type: string, body: Buffer): Buffer {
  const checked = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(checked));
  return Buffer.concat([length, checked, check]);
}

/** The chunks of a PNG, in their order. */
export function pngChunks(png: Buffer): { type: string; body: Buffer }[] {
  const chunks = [];
  for (let at = pngSignature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, body: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/** Encodes one frame as PNG with the given tEXt chunks (Latin-1 text). */
export async function encodePng(
  picture: Picture,
  frame: Buffer,
  texts: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const png = await withAlpha(picture, frame).png({ compressionLevel: 4 }).toBuffer();
  const chunks = Object.entries(texts).map(([keyword, text]) =>
    pngChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1')),
  );
  return Buffer.concat([png.subarray(0, headerBytes), ...chunks, png.subarray(headerBytes)]);
}

function withAlpha(picture: Picture, frame: Buffer): sharp.Sharp {
  const alpha = picture.alpha?.[picture.frames.indexOf(frame)];
  const opaque = frameSharp(picture, frame);
  const { width, height } = picture;
  return alpha ? opaque.joinChannel(alpha, { raw: { width, height, channels: 1 } }) : opaque;
}
