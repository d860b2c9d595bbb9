import type { Picture } from '../pictures/picture';
import { encodePng, pngChunk, pngChunks, pngSignature } from '../pictures/png';

/** A batch as an animated PNG with the given tEXt chunks; it runs for ever (PNG, third edition). */
export async function encodeAnimatedPng(
  picture: Picture,
  framesPerSecond: number,
  texts: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const pngs = await Promise.all(
    picture.frames.map((frame) => encodePng(picture, frame, texts).then(pngChunks)),
  );
  const delayMs = Math.max(1, Math.round(1000 / framesPerSecond));
  let sequence = 0;
  const frames = pngs.flatMap((chunks, index) => {
    const data = chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body);
    const control = frameControl(picture, sequence++, delayMs);
    // The first frame is the still picture as well.
    if (index === 0) return [control, ...data.map((body) => pngChunk('IDAT', body))];
    const numbered = data.map((body) =>
      pngChunk('fdAT', Buffer.concat([uint32(sequence++), body])),
    );
    return [control, ...numbered];
  });
  const head = (pngs[0] ?? []).filter(({ type }) => type !== 'IDAT' && type !== 'IEND');
  const animation = pngChunk('acTL', Buffer.concat([uint32(pngs.length), uint32(0)]));
  return Buffer.concat([
    pngSignature,
    ...head.map(({ type, body }) => pngChunk(type, body)),
    animation,
    ...frames,
    pngChunk('IEND', Buffer.of()),
  ]);
}

function frameControl({ width, height }: Picture, sequence: number, delayMs: number): Buffer {
  const place = [uint32(0), uint32(0)];
  const delay = Buffer.alloc(4);
  delay.writeUInt16BE(delayMs, 0);
  delay.writeUInt16BE(1000, 2);
  const disposal = Buffer.of(0, 0);
  const size = [uint32(width), uint32(height)];
  return pngChunk('fcTL', Buffer.concat([uint32(sequence), ...size, ...place, delay, disposal]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
