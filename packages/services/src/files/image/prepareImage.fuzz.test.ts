import fc from 'fast-check';
import sharp from 'sharp';
import { exifBytes, exifSegmentData } from '../../fixtures/exifBytes';
import { jpegSegment, withJpegBytes } from '../../fixtures/jpegBytes';
import { pngChunk, withPngBytes } from '../../fixtures/pngBytes';
import { clear, endPreparing, leftBehind, prepare } from '../../fixtures/preparing';
import { webpChunk, webpChunks, webpHeader, webpOf } from '../../fixtures/webpBytes';

const RUNS = 400;
const MARKER = 'the planted marker';
const CODES = ['unsupported_media_type', 'image_unreadable', 'image_dimensions'];

afterAll(endPreparing);

const exif = exifBytes({ note: MARKER });
const picture = () =>
  sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: '#369',
      noise: { type: 'gaussian', mean: 128, sigma: 10 },
    },
  });

async function plantedPng() {
  const texts = ['tEXt', 'zTXt', 'iTXt', 'quIz'].map((type) => pngChunk(type, `a\0${MARKER}`));
  const planted = Buffer.concat([...texts, pngChunk('eXIf', exif)]);
  const png = withPngBytes(await picture().png({ palette: true }).toBuffer(), planted);
  return withPngBytes(png, planted, 'IEND');
}

async function plantedJpeg(progressive: boolean) {
  const segments = [
    jpegSegment(0xe0, `JFIF\0\x01\x02\0\0\x01\0\x01\x02\x03${MARKER}`),
    jpegSegment(0xe1, exifSegmentData(exif)),
    jpegSegment(0xed, `Photoshop 3.0\0${MARKER}`),
    jpegSegment(0xfe, MARKER),
  ];
  return withJpegBytes(await picture().jpeg({ progressive }).toBuffer(), ...segments);
}

async function plantedWebp(lossless: boolean) {
  const pixels = webpChunks(await picture().webp({ lossless }).toBuffer());
  const header = webpHeader({ flags: 0x0c, width: 64, height: 64 });
  const planted = [webpChunk('EXIF', exif), webpChunk('XMP ', MARKER), webpChunk('quiz', MARKER)];
  return webpOf(header, webpChunk('quiz', MARKER), ...pixels, ...planted);
}

const end = Buffer.from(MARKER);
const planted = Promise.all([
  plantedPng(),
  plantedJpeg(false),
  plantedJpeg(true),
  plantedWebp(false),
  plantedWebp(true),
]).then((files) => files.map((bytes) => Buffer.concat([bytes, end])));

interface Edit {
  /** Where, as a part of the length. Most of what matters is at the beginning. */
  at: number;
  kind: 'flip' | 'insert' | 'delete';
  byte: number;
}

const anEdit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(9999).map((at) => (at / 10_000) ** 2),
  kind: fc.constantFrom('flip', 'insert', 'delete'),
  byte: fc.integer({ min: 1, max: 255 }),
});

function edited(bytes: Buffer, { at, kind, byte }: Edit): Buffer {
  const position = Math.floor(at * bytes.length);
  const before = bytes.subarray(0, position);
  if (kind === 'delete') return Buffer.concat([before, bytes.subarray(position + byte)]);
  const isFlip = kind === 'flip';
  const value = isFlip ? bytes.readUInt8(position) ^ byte : byte;
  return Buffer.concat([before, Buffer.from([value]), bytes.subarray(position + (isFlip ? 1 : 0))]);
}

test('whatever is sent, no metadata is served and nothing is left behind', async () => {
  const files = await planted;
  const outcomes = new Map<unknown, number>();
  const count = (outcome: unknown) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const sent = fc.tuple(fc.nat(files.length - 1), fc.array(anEdit, { maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(sent, async ([file, edits]) => {
      clear();
      const bytes = edits.reduce(edited, files[file] ?? end);
      try {
        const { served, isSame } = await prepare(bytes);
        expect(served.includes(MARKER)).toBe(false);
        expect(leftBehind()).toHaveLength(isSame ? 0 : 1);
        count('served');
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (!CODES.includes(code as string)) throw error;
        expect(leftBehind()).toEqual([]);
        count(code);
      }
    }),
    { numRuns: RUNS },
  );
  // The edits are neither harmless nor all fatal.
  expect(outcomes.get('served')).toBeGreaterThan(RUNS / 10);
  expect(outcomes.get('image_unreadable')).toBeGreaterThan(RUNS / 10);
}, 60_000);
