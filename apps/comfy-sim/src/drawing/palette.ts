import { frameSharp, type Picture } from '../pictures/picture';
import { toHex, type Rgb } from './color';

/** A picture's colours, as `#rrggbb`: three from top to bottom and its most vivid one. */
export interface Palette {
  readonly top: string;
  readonly middle: string;
  readonly bottom: string;
  readonly accent: string;
  /** Where the figure seems to stand: -1 far left, 1 far right. */
  readonly balance: number;
}

const columns = 6;
const rows = 6;

/** Reads the colours off a frame shrunk to a few patches. */
export async function readPalette(picture: Picture, frame: Buffer): Promise<Palette> {
  const small = await frameSharp(picture, frame)
    .resize({ width: columns, height: rows, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const patches = Array.from({ length: columns * rows }, (_, at): Rgb => {
    return [small[at * 3] ?? 0, small[at * 3 + 1] ?? 0, small[at * 3 + 2] ?? 0];
  });
  const third = patches.length / 3;
  return {
    top: toHex(average(patches.slice(0, third))),
    middle: toHex(average(patches.slice(third, 2 * third))),
    bottom: toHex(average(patches.slice(2 * third))),
    accent: toHex(
      patches.reduce((best, next) => (vividness(next) > vividness(best) ? next : best)),
    ),
    balance: balanceOf(patches),
  };
}

// The figure is what differs from the corners' colour.
function balanceOf(patches: readonly Rgb[]): number {
  const corners = [0, columns - 1, patches.length - columns, patches.length - 1];
  const backdrop = average(corners.map((at) => patches[at] ?? [0, 0, 0]));
  let weight = 0;
  let moment = 0;
  for (const [at, patch] of patches.entries()) {
    const difference = patch.reduce(
      (sum, value, channel) => sum + Math.abs(value - (backdrop[channel] ?? 0)),
      0,
    );
    weight += difference;
    moment += difference * (((at % columns) / (columns - 1)) * 2 - 1);
  }
  return weight === 0 ? 0 : moment / weight;
}

function average(patches: readonly Rgb[]): Rgb {
  const mean = (channel: 0 | 1 | 2) =>
    patches.reduce((sum, patch) => sum + patch[channel], 0) / patches.length;
  return [mean(0), mean(1), mean(2)];
}

function vividness(patch: Rgb): number {
  return Math.max(...patch) - Math.min(...patch);
}
