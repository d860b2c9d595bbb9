import sharp from 'sharp';

/** A batch of equally large pictures: one buffer of RGB bytes per frame. */
export interface Picture {
  readonly kind: 'picture';
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Buffer[];
  /** How opaque the pixels are, for each frame one byte per pixel; without it all are. */
  readonly alpha?: readonly Buffer[];
}

export const channels = 3;

/** A frame as a sharp pipeline. */
export function frameSharp(picture: Picture, frame: Buffer): sharp.Sharp {
  return sharp(frame, { raw: { width: picture.width, height: picture.height, channels } });
}

/** Runs every frame through a pipeline and collects the frames again. */
export async function mapFrames(
  picture: Picture,
  transform: (frame: sharp.Sharp) => sharp.Sharp,
): Promise<Picture> {
  const results = await Promise.all(
    picture.frames.map((frame) =>
      transform(frameSharp(picture, frame)).raw().toBuffer({ resolveWithObject: true }),
    ),
  );
  const { width, height } = results[0]?.info ?? picture;
  return { kind: 'picture', width, height, frames: results.map((result) => result.data) };
}

/** A picture of one colour (`0xRRGGBB`). */
export function plainPicture(width: number, height: number, batch: number, color: number): Picture {
  const rgb = [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
  const frame = Buffer.alloc(width * height * channels, Buffer.from(rgb));
  return { kind: 'picture', width, height, frames: Array.from({ length: batch }, () => frame) };
}
