import { joints, type Joint, type Point, type Pose } from './pose';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGB bytes. */
  readonly pixels: Buffer;
}

// Bones are drawn darker than joints, so brightness tells them apart.
const minBright = 200;
const maxPale = 70;
const maxBackdrop = 24;
const minBackdropShare = 0.6;

/** The joints of an OpenPose skeleton on black; undefined when the picture is none. */
export function findSkeleton({ width, height, pixels }: Pixels): Pose | undefined {
  const sums = joints.map(() => ({ count: 0, x: 0, y: 0 }));
  let dark = 0;
  for (let at = 0; at < width * height; at += 1) {
    const [red = 0, green = 0, blue = 0] = [pixels[at * 3], pixels[at * 3 + 1], pixels[at * 3 + 2]];
    const bright = Math.max(red, green, blue);
    if (bright <= maxBackdrop) dark += 1;
    if (bright < minBright || Math.min(red, green, blue) > maxPale) continue;
    const sum = sums[jointOf(red, green, blue)];
    if (!sum) continue;
    sum.count += 1;
    sum.x += at % width;
    sum.y += Math.floor(at / width);
  }
  if (dark < width * height * minBackdropShare) return undefined;
  const found = Object.fromEntries(
    sums.flatMap(({ count, x, y }, at): [Joint, Point][] => {
      const joint = joints[at];
      return joint && count > 0 ? [[joint, [x / count, y / count]]] : [];
    }),
  ) as Pose['joints'];
  const isPerson = found.neck && (found.leftShoulder ?? found.rightShoulder);
  return isPerson ? { width, height, joints: found } : undefined;
}

/** Index of the joint whose hue is nearest. */
function jointOf(red: number, green: number, blue: number): number {
  const bright = Math.max(red, green, blue);
  const range = Math.max(1, bright - Math.min(red, green, blue));
  const sixth =
    bright === red
      ? ((green - blue) / range + 6) % 6
      : bright === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  return Math.round((sixth / 6) * joints.length) % joints.length;
}
