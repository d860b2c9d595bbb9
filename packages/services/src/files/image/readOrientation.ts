const ORIENTATION = 0x0112;
const ENTRY_LENGTH = 12;
const UPRIGHT = 1;

/**
 * The orientation that EXIF tells, 1 to 8; 1 where it tells none. Format: TIFF 6.0, section 2.
 * @param exif begins with the byte order, or with `Exif\0\0` before it
 */
export function readOrientation(exif: Buffer): number {
  const tiff = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
  const order = tiff.toString('latin1', 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return UPRIGHT;
  const number = (at: number, bytes: number) => readNumber(tiff, { at, bytes, order });
  const directory = number(4, 4);
  for (let entry = 0; entry < number(directory, 2); entry += 1) {
    const at = directory + 2 + entry * ENTRY_LENGTH;
    if (number(at, 2) !== ORIENTATION) continue;
    const value = number(at + 8, 2);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
}

/** Zero, which ends every search, where there are no bytes. */
function readNumber(
  tiff: Buffer,
  { at, bytes, order }: { at: number; bytes: number; order: string },
): number {
  if (at + bytes > tiff.length) return 0;
  return order === 'II*\0' ? tiff.readUIntLE(at, bytes) : tiff.readUIntBE(at, bytes);
}
