/** Limits of pictures that come in. */
export const IMAGE_LIMITS = {
  maxBytes: 50 * 1024 * 1024,
  minSide: 64,
  maxSide: 4096,
  mimeTypes: ['image/png', 'image/jpeg', 'image/webp'],
} as const;

/** The views a character can be shown in: name → what it means. */
export const POSES = {
  front: 'Facing the viewer',
  back: 'Seen from behind',
  side: 'Side profile',
  quarter: 'Three-quarter view',
} as const;

/** The name of a view. */
export type Pose = keyof typeof POSES;

/** All views, in the order in which they are drawn. */
export const POSE_NAMES = Object.keys(POSES) as [Pose, ...Pose[]];
