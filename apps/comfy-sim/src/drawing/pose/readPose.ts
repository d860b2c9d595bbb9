import { createHash } from 'node:crypto';
import { frameSharp, type Picture } from '../../pictures/picture';
import { Chance } from '../random';
import { toPose } from './body';
import { findSilhouette } from './findSilhouette';
import { findSkeleton } from './findSkeleton';
import type { Point, Pose } from './pose';

// A joint's dot must still have a few pixels.
const skeletonSide = 512;

/**
 * The pose a picture shows: of a skeleton drawn in OpenPose's colours, else of what stands out
 * from the backdrop, else one that the content decides by chance.
 */
export async function readPose(picture: Picture, frame: Buffer): Promise<Pose> {
  const { width, height } = picture;
  const { data, info } = await frameSharp(picture, frame)
    .resize({
      width: skeletonSide,
      height: skeletonSide,
      fit: 'inside',
      kernel: 'nearest',
      withoutEnlargement: true,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const skeleton = findSkeleton({ width: info.width, height: info.height, pixels: data });
  if (skeleton) return skeleton;
  return (await findSilhouette(picture, frame)) ?? guess(width, height, frame);
}

const hands = [
  [1.2, 2.7],
  [1.9, -2.1],
  [3.6, 0.2],
  [0.7, 2.2],
  [2.9, -1.2],
] as const;

function guess(width: number, height: number, frame: Buffer): Pose {
  const chance = new Chance(createHash('sha256').update(frame).digest('hex'));
  const [rx, ry] = chance.pick<Point>('right hand', hands);
  const leftWrist = chance.pick<Point>('left hand', hands);
  const neck: Point = [width * chance.between('x', 0.42, 0.58), height * 0.3];
  const head = Math.min(width, height) / 6;
  return toPose({ width, height, neck, head, rightWrist: [-rx, ry], leftWrist });
}
