import sharp from 'sharp';

/** A decoded picture of one colour, as `0xrrggbb`; null when it has several. */
export interface Decoded {
  format: string | undefined;
  width: number;
  height: number;
  color: number | null;
}

/** Decodes a picture by another library than the one that made it. */
export async function decode(bytes: Buffer): Promise<Decoded> {
  const image = sharp(bytes);
  const { format } = await image.metadata();
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const color = data.readUIntBE(0, 3);
  const pixels = Array.from({ length: data.length / 3 }, (_, at) => data.readUIntBE(at * 3, 3));
  const isPlain = pixels.every((pixel) => pixel === color);
  return { format, width: info.width, height: info.height, color: isPlain ? color : null };
}

/** A PNG of one colour. */
export async function png(
  color: number,
  width = 24,
  height = 16,
): Promise<Uint8Array<ArrayBuffer>> {
  const background = { r: color >> 16, g: (color >> 8) & 0xff, b: color & 0xff };
  const image = sharp({ create: { width, height, channels: 3, background } });
  return new Uint8Array(await image.png().toBuffer());
}

/** The colour that `ImageInvert` makes of `color`. */
export function inverted(color: number): number {
  return 0xffffff - color;
}

/** Whether two colours are the same but for the rounding of a server. */
export function isNear(color: number | null, expected: number): boolean {
  if (color === null) return false;
  return [16, 8, 0].every(
    (shift) => Math.abs(((color >> shift) & 0xff) - ((expected >> shift) & 0xff)) <= 1,
  );
}
