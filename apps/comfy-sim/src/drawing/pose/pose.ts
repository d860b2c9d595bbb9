/** The joints of a skeleton picture, in OpenPose's order; left and right are the person's own. */
export const joints = [
  'nose',
  'neck',
  'rightShoulder',
  'rightElbow',
  'rightWrist',
  'leftShoulder',
  'leftElbow',
  'leftWrist',
  'rightHip',
  'rightKnee',
  'rightAnkle',
  'leftHip',
  'leftKnee',
  'leftAnkle',
  'rightEye',
  'leftEye',
  'rightEar',
  'leftEar',
] as const;
export type Joint = (typeof joints)[number];

export type Point = readonly [x: number, y: number];

/** Where the joints of one person are in a picture, in its pixels. */
export interface Pose {
  readonly width: number;
  readonly height: number;
  readonly joints: Readonly<Partial<Record<Joint, Point>>>;
}

/** A joint's colour on a skeleton picture: a hue in degrees, fully saturated. */
export function jointHue(joint: Joint): number {
  return joints.indexOf(joint) * (360 / joints.length);
}

/** Which joints a skeleton picture connects. */
export const bones: readonly (readonly [Joint, Joint])[] = [
  ['neck', 'rightShoulder'],
  ['neck', 'leftShoulder'],
  ['rightShoulder', 'rightElbow'],
  ['rightElbow', 'rightWrist'],
  ['leftShoulder', 'leftElbow'],
  ['leftElbow', 'leftWrist'],
  ['neck', 'rightHip'],
  ['rightHip', 'rightKnee'],
  ['rightKnee', 'rightAnkle'],
  ['neck', 'leftHip'],
  ['leftHip', 'leftKnee'],
  ['leftKnee', 'leftAnkle'],
  ['neck', 'nose'],
  ['nose', 'rightEye'],
  ['rightEye', 'rightEar'],
  ['nose', 'leftEye'],
  ['leftEye', 'leftEar'],
];
