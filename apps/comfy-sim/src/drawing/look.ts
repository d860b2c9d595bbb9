import { createHash } from 'node:crypto';
import { frameSharp, type Picture } from '../pictures/picture';
import { toHex, type Rgb } from './color';
import { readPalette, type Palette } from './palette';

/** What a reference picture tells of a person and a style. */
export interface Look {
  /** Who it is: the same picture gives the same face. */
  readonly identity: string;
  readonly skin: string;
  readonly hair: string;
  readonly clothes: string;
  readonly palette: Palette;
}

const side = 32;
const minSkinShare = 0.02;

/** Reads a person's colours off a picture: by what looks like skin, else by where a face would be. */
export async function readLook(picture: Picture, frame: Buffer): Promise<Look> {
  const small = await frameSharp(picture, frame)
    .resize({ width: side, height: side, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const at = (x: number, y: number): Rgb => {
    const from = (Math.min(side - 1, Math.max(0, y)) * side + x) * 3;
    return [small[from] ?? 0, small[from + 1] ?? 0, small[from + 2] ?? 0];
  };
  const upper = Array.from({ length: side * (side * 0.7) }, (_, cell) => ({
    x: cell % side,
    y: Math.floor(cell / side),
  })).filter(({ y }) => y < side * 0.7);
  const skinned = upper.filter(({ x, y }) => isSkin(at(x, y)));
  const isSeen = skinned.length > side ** 2 * minSkinShare;
  const face = isSeen ? skinned : upper.filter(({ x, y }) => Math.hypot(x - 16, y - 13) < 4);
  const middle = Math.round(mean(face.map(({ x }) => x)));
  const top = Math.min(...face.map(({ y }) => y));
  const color = (cells: readonly Rgb[]) =>
    toHex([0, 1, 2].map((c) => mean(cells.map((rgb) => rgb[c] ?? 0))) as unknown as Rgb);
  return {
    identity: createHash('sha256').update(small).digest('hex'),
    skin: color(face.map(({ x, y }) => at(x, y))),
    hair: color([at(middle, top - 2), at(middle - 1, top - 2), at(middle, top - 3)]),
    clothes: color([13, 16, 19].flatMap((x) => [at(x, side - 3), at(x, side - 5)])),
    palette: await readPalette(picture, frame),
  };
}

// After the RGB rule of Kovac, Peer and Solina (2003), without its last term.
function isSkin([red, green, blue]: Rgb): boolean {
  const range = Math.max(red, green, blue) - Math.min(red, green, blue);
  return red > 80 && green > 40 && blue > 20 && range > 15 && red - green > 12 && red > blue;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
