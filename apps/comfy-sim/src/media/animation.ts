import sharp, { type WebpOptions } from 'sharp';
import { frameSharp, type Picture } from '../pictures/picture';

interface Timing {
  readonly framesPerSecond: number;
  /** How often it runs; 0 means for ever. */
  readonly loops?: number;
}

/** A batch as an animated WebP. */
export async function encodeAnimatedWebp(
  picture: Picture,
  {
    framesPerSecond,
    loops = 0,
    ...encoding
  }: Timing & Pick<WebpOptions, 'lossless' | 'quality' | 'effort'>,
): Promise<Buffer> {
  const delay = Math.max(1, Math.round(1000 / framesPerSecond));
  return (await joined(picture))
    .webp({ delay: delays(picture, delay), loop: loops, ...encoding })
    .toBuffer();
}

/** A batch as an animated GIF. */
export async function encodeGif(
  picture: Picture,
  { framesPerSecond, loops = 0 }: Timing,
): Promise<Buffer> {
  const delay = Math.max(20, Math.round(1000 / framesPerSecond));
  return (await joined(picture)).gif({ delay: delays(picture, delay), loop: loops }).toBuffer();
}

function delays({ frames }: Picture, delay: number): number[] {
  return frames.map(() => delay);
}

async function joined(picture: Picture): Promise<sharp.Sharp> {
  const frames = await Promise.all(
    picture.frames.map((frame) =>
      frameSharp(picture, frame).png({ compressionLevel: 1 }).toBuffer(),
    ),
  );
  const [only] = frames;
  return frames.length === 1 && only ? sharp(only) : sharp(frames, { join: { animated: true } });
}
