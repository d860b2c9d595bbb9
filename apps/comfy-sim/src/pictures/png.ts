import { crc32 } from 'node:zlib';
import { frameSharp, type Picture } from './picture';

// A PNG starts with an 8-byte signature and a 25-byte IHDR chunk.
const headerBytes = 33;

function textChunk(keyword: string, text: string): Buffer {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** Encodes one frame as PNG with the given tEXt chunks (Latin-1 text). */
export async function encodePng(
  picture: Picture,
  frame: Buffer,
  texts: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const png = await frameSharp(picture, frame).png({ compressionLevel: 4 }).toBuffer();
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return Buffer.concat([png.subarray(0, headerBytes), ...chunks, png.subarray(headerBytes)]);
}
