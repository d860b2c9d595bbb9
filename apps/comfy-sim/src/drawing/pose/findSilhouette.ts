import { frameSharp, type Picture } from '../../pictures/picture';
import { toPose } from './body';
import type { Point, Pose } from './pose';

const side = 48;
const minDifference = 70;

interface Cell {
  readonly x: number;
  readonly y: number;
}

/** The pose of what stands out from the colour of the corners; undefined when nothing does. */
export async function findSilhouette(picture: Picture, frame: Buffer): Promise<Pose | undefined> {
  const { width, height } = picture;
  const cells = await foreground(picture, frame);
  const share = cells.length / side ** 2;
  if (share < 0.01 || share > 0.85) return undefined;

  const middle = median(cells.map(({ x }) => x));
  const trunk = cells.filter(({ x }) => Math.abs(x - middle) <= side / 12);
  const top = Math.min(...trunk.map(({ y }) => y));
  const bottom = Math.max(...trunk.map(({ y }) => y));
  const tall = ((bottom - top + 1) * height) / side;
  const wide = (widthOf(cells) * width) / side;
  // Cut off at the lower edge, a figure is a bust rather than a whole person.
  const isBust = bottom >= side - 2 && tall < 2.4 * wide;
  const head = tall / (isBust ? 3.6 : 7.6);
  const neck: Point = [((middle + 0.5) * width) / side, (top * height) / side + head * 1.1];

  const inHeads = cells.map(({ x, y }) => [
    (((x + 0.5) * width) / side - neck[0]) / head,
    (((y + 0.5) * height) / side - neck[1]) / head,
  ]) satisfies number[][] as unknown as readonly Point[];
  const rightWrist = handAmong(inHeads, -1);
  const leftWrist = handAmong(inHeads, 1);
  return toPose({ width, height, neck, head, rightWrist, leftWrist });
}

async function foreground(picture: Picture, frame: Buffer): Promise<Cell[]> {
  const small = await frameSharp(picture, frame)
    .resize({ width: side, height: side, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  const colorAt = (at: number) => [...small.subarray(at * 3, at * 3 + 3)];
  const corners = [0, side - 1, side * (side - 1), side ** 2 - 1].map(colorAt);
  const backdrop = [0, 1, 2].map((channel) => median(corners.map((color) => color[channel] ?? 0)));
  return Array.from({ length: side ** 2 }, (_, at) => ({
    x: at % side,
    y: Math.floor(at / side),
  })).filter((_, at) => {
    const difference = colorAt(at).map((value, channel) =>
      Math.abs(value - (backdrop[channel] ?? 0)),
    );
    return difference.reduce((sum, value) => sum + value, 0) > minDifference;
  });
}

const reach = 2.75;

/** What reaches out furthest on one side, beyond the shoulder; else the arm hangs. */
function handAmong(points: readonly Point[], sign: -1 | 1): Point {
  const shoulder: Point = [0.95 * sign, 0.05];
  const away = ([x, y]: Point) => Math.hypot(x - shoulder[0], y - shoulder[1]);
  const outside = points.filter(([x, y]) => x * sign > 1.35 && y < 2.6);
  if (outside.length === 0) return [1.2 * sign, 2.7];
  const far = outside.reduce((best, next) => (away(next) > away(best) ? next : best));
  const share = Math.min(1, reach / Math.max(0.1, away(far)));
  return [
    shoulder[0] + (far[0] - shoulder[0]) * share,
    shoulder[1] + (far[1] - shoulder[1]) * share,
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

// The width most rows have: raised or spread arms are few rows.
function widthOf(cells: readonly Cell[]): number {
  const rows = Array.from({ length: side }, (_, y) => cells.filter((cell) => cell.y === y).length);
  return median(rows.filter((count) => count > 0));
}
