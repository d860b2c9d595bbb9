import sharp from 'sharp';
import type { Picture } from '../../pictures/picture';
import { toPose } from './body';
import { drawSkeleton } from './drawSkeleton';
import { joints } from './pose';
import { readPose } from './readPose';

const size = { width: 300, height: 400 };
const pose = toPose({
  ...size,
  ...{ neck: [150, 90], head: 36, rightWrist: [-2.2, -1.6], leftWrist: [1.5, 2.4] },
});

function pictureOf(frame: Buffer): Picture {
  return { kind: 'picture', ...size, frames: [frame] };
}

function rawOf(svg: string): Promise<Buffer> {
  const page = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400"><rect width="300" height="400" fill="#dde4ee"/>${svg}</svg>`;
  return sharp(Buffer.from(page)).removeAlpha().raw().toBuffer();
}

test('every joint of a drawn skeleton is found where it is', async () => {
  const frame = await drawSkeleton(pose);
  const read = await readPose(pictureOf(frame), frame);
  for (const joint of joints) {
    const [[x, y] = [0, 0], [foundX, foundY] = [-99, -99]] = [
      pose.joints[joint],
      read.joints[joint],
    ];
    expect([joint, Math.hypot(foundX - x, foundY - y) < 6]).toEqual([joint, true]);
  }
});

test('of another picture, what stands out has its raised hand on the side where it is', async () => {
  const figure = `<g stroke="#223344" stroke-width="24" stroke-linecap="round"><circle cx="150" cy="80" r="24" fill="#223344"/><path d="M150 110 V 230 M150 125 L 220 90 L 240 20 M150 230 L 130 370 M150 230 L 170 370"/></g>`;
  const frame = await rawOf(figure);
  const { joints: found } = await readPose(pictureOf(frame), frame);
  const [neck = [0, 0], raised = [0, 0], hanging = [0, 0]] = [
    found.neck,
    found.leftWrist,
    found.rightWrist,
  ];
  expect(raised[0]).toBeGreaterThan(neck[0]);
  expect(raised[1]).toBeLessThan(neck[1]);
  expect(hanging[1]).toBeGreaterThan(neck[1]);
});

test('a picture without a figure gives a pose that hangs on its content alone', async () => {
  const read = async (color: string) => {
    const frame = await rawOf(`<rect width="300" height="400" fill="${color}"/>`);
    return readPose(pictureOf(frame), frame);
  };
  expect(await read('#804020')).toEqual(await read('#804020'));
  const poses = await Promise.all(['#804020', '#208040', '#402080', '#608020'].map(read));
  expect(new Set(poses.map((each) => JSON.stringify(each))).size).toBeGreaterThan(1);
});
