import type { Joint, Point, Pose } from './pose/pose';

/** A limb's two ends, from where it begins, in units of the figure's frame. */
export interface Limb {
  /** Elbow or knee. */
  readonly bend: Point;
  /** Hand or foot. */
  readonly end: Point;
}

/** How a figure stands that follows a pose; left and right are the picture's. */
export interface Stance {
  /** Where the neck is, in shares of the picture; how far it is on its way there is `strength`. */
  readonly neck: Point;
  /** Size beside that of a figure without a pose. */
  readonly scale: number;
  /** In degrees. */
  readonly lean: number;
  readonly strength: number;
  readonly leftArm: Limb;
  readonly rightArm: Limb;
  readonly leftLeg: Limb;
  readonly rightLeg: Limb;
}

/** Distance of the shoulders of a drawn figure, in its frame, and on a picture of 512. */
const shoulders = 236;
const shouldersShown = 276;

const restingArm: Limb = { bend: [-14, 150], end: [-10, 286] };
const restingLeg: Limb = { bend: [-4, 300], end: [-2, 590] };

/** `strength` 0 leaves the figure as it is, 1 and above holds it to the pose. */
export function composeStance(pose: Pose, strength: number): Stance {
  const share = Math.min(1, Math.max(0, strength));
  const [left, right] = sidesOf(pose);
  const width = shoulderWidth(pose);
  const neck = pose.joints.neck ?? [pose.width / 2, pose.height / 3];
  const lean = leanOf(pose, neck) * share;
  const shown = (width / Math.min(pose.width, pose.height)) * 512;
  const limb = (names: readonly [Joint, Joint, Joint], rest: Limb): Limb => {
    const [from, over, to] = names.map((name) => pose.joints[name]);
    const posed = (point: Point | undefined, resting: Point): Point =>
      from && point
        ? turned(scaled([point[0] - from[0], point[1] - from[1]], shoulders / width), -lean)
        : resting;
    const bend = posed(over, rest.bend);
    // A hand or foot beyond the picture's edge goes on as the limb began.
    const end = over && !to ? scaled(bend, 1.9) : posed(to, rest.end);
    return {
      bend: between(rest.bend, bend, share),
      end: between(rest.end, end, share),
    };
  };
  return {
    neck: [neck[0] / pose.width, neck[1] / pose.height],
    scale: 1 + (Math.min(1.05, Math.max(0.42, shown / shouldersShown)) - 1) * share,
    lean,
    strength: share,
    leftArm: limb([`${left}Shoulder`, `${left}Elbow`, `${left}Wrist`], restingArm),
    rightArm: limb([`${right}Shoulder`, `${right}Elbow`, `${right}Wrist`], mirror(restingArm)),
    leftLeg: limb([`${left}Hip`, `${left}Knee`, `${left}Ankle`], restingLeg),
    rightLeg: limb([`${right}Hip`, `${right}Knee`, `${right}Ankle`], mirror(restingLeg)),
  };
}

/** The same, seen in a mirror. */
export function mirrorStance(stance: Stance): Stance {
  return {
    ...stance,
    leftArm: mirror(stance.rightArm),
    rightArm: mirror(stance.leftArm),
    leftLeg: mirror(stance.rightLeg),
    rightLeg: mirror(stance.leftLeg),
  };
}

function mirror({ bend, end }: Limb): Limb {
  return { bend: [-bend[0], bend[1]], end: [-end[0], end[1]] };
}

/** Whose side is on the left of the picture: the person's right, but for one seen from behind. */
function sidesOf({ joints }: Pose): readonly ['left' | 'right', 'left' | 'right'] {
  const [a, b] = [joints.rightShoulder, joints.leftShoulder];
  return a && b && a[0] > b[0] ? ['left', 'right'] : ['right', 'left'];
}

// A person seen from the side has no breadth to measure: the neck's length tells the size as well.
function shoulderWidth({ width, joints }: Pose): number {
  const { rightShoulder: a, leftShoulder: b, neck, nose } = joints;
  const across = a && b ? Math.abs(a[0] - b[0]) : 0;
  const head = neck && nose ? Math.hypot(nose[0] - neck[0], nose[1] - neck[1]) : 0;
  return Math.max(across, head * 1.5) || width / 4;
}

function leanOf({ joints }: Pose, neck: Point): number {
  const { leftHip: a, rightHip: b, nose } = joints;
  const [from, to] =
    a && b ? [scaled([a[0] + b[0], a[1] + b[1]], 0.5), neck] : [neck, nose ?? neck];
  const degrees = (Math.atan2(to[0] - from[0], from[1] - to[1]) * 180) / Math.PI;
  return Math.min(30, Math.max(-30, degrees));
}

function scaled([x, y]: Point, factor: number): Point {
  return [x * factor, y * factor];
}

function turned([x, y]: Point, degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [x * cos - y * sin, x * sin + y * cos];
}

function between([ax, ay]: Point, [bx, by]: Point, share: number): Point {
  return [ax + (bx - ax) * share, ay + (by - ay) * share];
}
