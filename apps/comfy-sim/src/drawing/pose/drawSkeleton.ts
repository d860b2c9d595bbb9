import sharp from 'sharp';
import { bones, jointHue, type Joint, type Pose } from './pose';

/** A pose as OpenPose pictures it, as RGB bytes of the pose's own size. */
export async function drawSkeleton({ width, height, joints }: Pose): Promise<Buffer> {
  const unit = Math.min(width, height) / 512;
  const present = Object.entries(joints) as [Joint, readonly [number, number]][];
  const lines = bones.flatMap(([from, to]) => {
    const [a, b] = [joints[from], joints[to]];
    if (!a || !b) return [];
    const color = `hsl(${jointHue(to)} 100% 30%)`;
    return `<line x1="${a[0]}" y1="${a[1]}" x2="${b[0]}" y2="${b[1]}" stroke="${color}"/>`;
  });
  const dots = present.map(
    ([joint, [x, y]]) =>
      `<circle cx="${x}" cy="${y}" r="${4 * unit}" fill="hsl(${jointHue(joint)} 100% 50%)"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#000000"/><g stroke-width="${8 * unit}" stroke-linecap="round">${lines.join('')}</g>${dots.join('')}</svg>`;
  return sharp(Buffer.from(svg))
    .resize({ width, height, fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
