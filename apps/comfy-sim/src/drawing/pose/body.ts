import type { Joint, Point, Pose } from './pose';

/** A person facing us, in head heights from the neck; the left half mirrors the right. */
const right: readonly (readonly [Joint, Joint, Point])[] = [
  ['rightShoulder', 'leftShoulder', [-0.95, 0.05]],
  ['rightHip', 'leftHip', [-0.5, 2.8]],
  ['rightKnee', 'leftKnee', [-0.58, 4.7]],
  ['rightAnkle', 'leftAnkle', [-0.6, 6.5]],
  ['rightEye', 'leftEye', [-0.17, -0.88]],
  ['rightEar', 'leftEar', [-0.36, -0.8]],
];
const upperArm = 1.45;
const forearm = 1.35;

export interface Body {
  readonly width: number;
  readonly height: number;
  readonly neck: Point;
  /** A head's height in pixels. */
  readonly head: number;
  /** Where the hands are, in head heights from the neck. */
  readonly rightWrist: Point;
  readonly leftWrist: Point;
}

/** The pose of a person of ordinary build whose hands are where they are. */
export function toPose({ width, height, neck, head, rightWrist, leftWrist }: Body): Pose {
  const at = ([x, y]: Point): Point => [neck[0] + x * head, neck[1] + y * head];
  const pairs = right.flatMap(([ours, theirs, [x, y]]): [Joint, Point][] => [
    [ours, at([x, y])],
    [theirs, at([-x, y])],
  ]);
  return {
    width,
    height,
    joints: {
      ...Object.fromEntries(pairs),
      nose: at([0, -0.72]),
      neck,
      rightElbow: at(elbowOf([-0.95, 0.05], rightWrist, -1)),
      rightWrist: at(rightWrist),
      leftElbow: at(elbowOf([0.95, 0.05], leftWrist, 1)),
      leftWrist: at(leftWrist),
    },
  };
}

/** Where the elbow must be, outwards, for the hand to be where it is. */
function elbowOf(shoulder: Point, wrist: Point, side: -1 | 1): Point {
  const [dx, dy] = [wrist[0] - shoulder[0], wrist[1] - shoulder[1]];
  const reach = Math.max(0.1, Math.hypot(dx, dy));
  const along = (reach * upperArm) / (upperArm + forearm);
  const aside = Math.sqrt(Math.max(0, upperArm ** 2 - along ** 2));
  const across: Point = [-dy / reach, dx / reach];
  const out = Math.sign(across[0] * side) || 1;
  return [
    shoulder[0] + (dx / reach) * along + across[0] * aside * out,
    shoulder[1] + (dy / reach) * along + across[1] * aside * out,
  ];
}
