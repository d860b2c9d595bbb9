import { setImmediate } from 'node:timers/promises';
import { BitWriter } from './bitWriter';

/** What a player needs before the first frame: sequence and picture parameter sets. */
export interface H264Parameters {
  readonly sequence: Buffer;
  readonly picture: Buffer;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const baseline = 66;
const level = 51;
/** The macroblock type that carries plain samples. */
const plainSamples = 25;

const macroblocks = (pixels: number) => Math.ceil(pixels / 16);

/** Parameter sets of a baseline stream of this size (ITU-T H.264, 7.3.2). */
export function h264Parameters({ width, height }: Size): H264Parameters {
  const [columns, rows] = [macroblocks(width), macroblocks(height)];
  const [right, bottom] = [(columns * 16 - width) >> 1, (rows * 16 - height) >> 1];
  const sequence = new BitWriter()
    .bits(0x67, 8)
    .bits(baseline, 8)
    .bits(0xc0, 8)
    .bits(level, 8)
    // Set 0, 4 bits of frame number, order as coded, no references.
    .golomb(0, 0, 2, 0)
    .bits(0, 1)
    .golomb(columns - 1, rows - 1)
    // Whole frames, and what is cut off at the right and the bottom.
    .bits(0b111, 3)
    .golomb(0, right, 0, bottom)
    .bits(0b01, 2);
  const picture = new BitWriter()
    .bits(0x68, 8)
    .golomb(0, 0)
    .bits(0, 2)
    .golomb(0, 0, 0)
    .bits(0, 3)
    .golomb(0, 0, 0)
    // The deblocking filter can be switched off.
    .bits(0b1001, 4);
  return { sequence: escape(sequence.toBuffer()), picture: escape(picture.toBuffer()) };
}

/**
 * One frame of RGB bytes as a NAL unit of plain samples: large, but any player's, and without an
 * encoder.
 */
export async function encodeH264Frame(pixels: Buffer, size: Size, index: number): Promise<Buffer> {
  const head = new BitWriter()
    .bits(0x65, 8)
    .golomb(0, 7, 0)
    .bits(0, 4)
    .golomb(index % 2)
    .bits(0, 2)
    .golomb(0, 1, plainSamples)
    .toBuffer();
  const [columns, rows] = [macroblocks(size.width), macroblocks(size.height)];
  const parts = [head];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      // After the samples the stream is at a byte's edge: the next type, filled up to 16 bits.
      if (row + column > 0) parts.push(Buffer.of(0x0d, 0x00));
      parts.push(samplesOf(pixels, size, { column, row }));
    }
    await setImmediate();
  }
  return Buffer.concat([...parts, Buffer.of(0x80)]);
}

/** 256 luma samples and 64 of each chroma, in video range: never 0, so nothing needs escaping. */
function samplesOf(
  pixels: Buffer,
  { width, height }: Size,
  { column, row }: { column: number; row: number },
): Buffer {
  const samples = Buffer.alloc(384);
  for (let at = 0; at < 256; at += 1) {
    const x = Math.min(width - 1, column * 16 + (at & 15));
    const y = Math.min(height - 1, row * 16 + (at >> 4));
    const from = (y * width + x) * 3;
    const [r = 0, g = 0, b = 0] = [pixels[from], pixels[from + 1], pixels[from + 2]];
    samples[at] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
    if (at & 1 || at & 16) continue;
    const chroma = ((at >> 5) << 3) | ((at & 15) >> 1);
    samples[256 + chroma] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
    samples[320 + chroma] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
  }
  return samples;
}

/** Keeps start codes from appearing within a unit. */
function escape(unit: Buffer): Buffer {
  const bytes: number[] = [];
  for (const byte of unit) {
    if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}
