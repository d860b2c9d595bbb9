import { toPose } from './pose/body';
import type { Pose } from './pose/pose';
import { composeStance, mirrorStance } from './stance';

const pose = toPose({
  ...{ width: 512, height: 768, neck: [200, 190], head: 70 },
  ...{ rightWrist: [-2, -2], leftWrist: [1.2, 2.7] },
});

test('without strength a figure stands as it would without a pose', () => {
  const other = { ...pose, joints: { neck: [9, 9] } } satisfies Pose;
  const { leftArm, rightLeg, scale, lean } = composeStance(pose, 0);
  expect({ leftArm, rightLeg, scale, lean }).toMatchObject({ scale: 1, lean: 0 });
  expect(composeStance(other, 0)).toMatchObject({ leftArm, rightLeg });
});

test('a raised hand of the pose is a raised hand of the figure', () => {
  const { leftArm, rightArm } = composeStance(pose, 1);
  expect(leftArm.end[1]).toBeLessThan(-100);
  expect(rightArm.end[1]).toBeGreaterThan(100);
});

test('a pose from behind has its left hand on the left', () => {
  const swapped = Object.entries(pose.joints).map(([name, at]) => {
    const other = name.startsWith('left')
      ? name.replace('left', 'right')
      : name.replace('right', 'left');
    return [other, at] as const;
  });
  const behind = { ...pose, joints: Object.fromEntries(swapped) };
  expect(composeStance(behind, 1).leftArm).toEqual(composeStance(pose, 1).leftArm);
});

test('an arm that leaves the picture goes on as it began', () => {
  const seen = Object.entries(pose.joints).filter(([name]) => name !== 'rightWrist');
  const cut = { ...pose, joints: Object.fromEntries(seen) };
  const { bend, end } = composeStance(cut, 1).leftArm;
  expect(Math.sign(end[0])).toBe(Math.sign(bend[0]));
  expect(Math.abs(end[0])).toBeGreaterThan(Math.abs(bend[0]));
});

test('a mirror of a mirror shows the stance again', () => {
  const stance = composeStance(pose, 0.7);
  expect(mirrorStance(mirrorStance(stance))).toEqual(stance);
});
