import { drawSkeleton } from '../drawing/pose/drawSkeleton';
import { joints, type Pose } from '../drawing/pose/pose';
import { readPose } from '../drawing/pose/readPose';
import type { JsonObject } from '../json';
import type { Picture } from '../pictures/picture';
import type { NodeKind } from './nodeKind';

/** OpenposePreprocessor and DWPreprocessor: the figure as a skeleton on black. */
export const posePreprocessor: NodeKind = {
  async run(inputs) {
    const picture = inputs.value('image', 'picture');
    const size = sizeFor(picture, inputs.numberOr('resolution', 512));
    const poses = await Promise.all(picture.frames.map((frame) => readPose(picture, frame)));
    const scaled = poses.map((pose) => scaleTo(pose, size));
    const frames = await Promise.all(scaled.map(drawSkeleton));
    const json = scaled.map(toOpenPose);
    return {
      outputs: [
        { kind: 'picture', ...size, frames },
        { kind: 'poseKeypoints', json },
      ],
      ui: { openpose_json: [JSON.stringify(json)] },
    };
  },
};

/** The short side gets the resolution, both become multiples of 64. */
function sizeFor({ width, height }: Picture, resolution: number) {
  const scale = resolution / Math.min(width, height);
  const side = (pixels: number) => Math.max(64, Math.round((pixels * scale) / 64) * 64);
  return { width: side(width), height: side(height) };
}

function scaleTo(pose: Pose, { width, height }: { width: number; height: number }): Pose {
  const [x, y] = [width / pose.width, height / pose.height];
  const moved = Object.entries(pose.joints).map(([name, point]) => {
    return [name, [point[0] * x, point[1] * y]] as const;
  });
  return { width, height, joints: Object.fromEntries(moved) };
}

function toOpenPose({ width, height, joints: points }: Pose): JsonObject {
  const pose_keypoints_2d = joints.flatMap((joint) => {
    const point = points[joint];
    return point ? [point[0], point[1], 1] : [0, 0, 0];
  });
  const person = {
    pose_keypoints_2d,
    face_keypoints_2d: null,
    hand_left_keypoints_2d: null,
    hand_right_keypoints_2d: null,
  };
  return { people: [person], canvas_height: height, canvas_width: width };
}
