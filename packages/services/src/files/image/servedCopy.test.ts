import { statSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { exifBytes, exifSegmentData } from '../../fixtures/exifBytes';
import { jpegSegment, withJpegBytes } from '../../fixtures/jpegBytes';
import { cleanPng, pngChunk, pngTypes, withPngBytes } from '../../fixtures/pngBytes';
import { clear, endPreparing, leftBehind, pixelsOf, prepare } from '../../fixtures/preparing';
import { webpChunk, webpChunks, webpHeader, webpOf, webpTypes } from '../../fixtures/webpBytes';

afterEach(clear);
afterAll(endPreparing);

const SECRET = 'my house is at 48.2082, 16.3738';
const RED = 'ff0000';
const GREEN = '00ff00';
const BLUE = '0000ff';
const WHITE = 'ffffff';

/** Red, green / blue, white: 64 × 128 pixels. */
function corners(alpha = ''): Sharp {
  const row = (left: string, right: string) => left.repeat(32) + right.repeat(32);
  const upper = row(RED + alpha, GREEN + alpha).repeat(64);
  const lower = row(BLUE + alpha, WHITE + alpha).repeat(64);
  const pixels = Buffer.from(upper + lower, 'hex');
  const channels = alpha ? 4 : 3;
  return sharp(pixels, { raw: { width: 64, height: 128, channels } });
}

const inTwo = (bytes: Buffer, at: number, between: Buffer) =>
  Buffer.concat([bytes.subarray(0, at), between, bytes.subarray(at)]);

/** A copy was made, it tells no secret, and shows the very same pixels. */
async function expectCleaned(bytes: Buffer) {
  const prepared = await prepare(bytes);
  expect(prepared.isSame).toBe(false);
  expect(prepared.served.includes('my house')).toBe(false);
  expect(prepared.servedSize).toBe(prepared.served.length);
  expect(await pixelsOf(prepared.served)).toEqual(await pixelsOf(bytes));
  expect(prepared.servedPath).toMatch(/\.served$/);
  expect(leftBehind().filter((name) => !name.endsWith('.served'))).toEqual([]);
  const again = await prepare(prepared.served);
  expect(again.isSame).toBe(true);
  return prepared;
}

describe('the very bytes are served when there is nothing to remove', () => {
  test.each([
    ['a png', cleanPng()],
    ['an interlaced png', corners().png({ progressive: true }).toBuffer()],
    ['a palette png', corners().png({ palette: true }).toBuffer()],
    ['a palette png with transparency', corners('80').png({ palette: true }).toBuffer()],
    ['a gray png with alpha', corners('80').toColourspace('b-w').png().toBuffer()],
    ['a png with a profile', corners().withIccProfile('p3').png().toBuffer()],
    ['a jpeg', corners().jpeg().toBuffer()],
    ['a gray jpeg', corners().toColourspace('b-w').jpeg().toBuffer()],
    ['a progressive jpeg', corners().jpeg({ progressive: true }).toBuffer()],
    ['a jpeg with a profile', corners().withIccProfile('p3').jpeg().toBuffer()],
    ['a webp', corners().webp().toBuffer()],
    ['a lossless webp', corners().webp({ lossless: true }).toBuffer()],
    ['a webp with alpha', corners('80').webp().toBuffer()],
    ['a webp with a profile', corners().withIccProfile('p3').webp().toBuffer()],
  ])('%s', async (_, image) => {
    const { isSame } = await prepare(await image);
    expect(isSame).toBe(true);
    expect(leftBehind()).toEqual([]);
  });
});

test('a copy is for its owner only to read', async () => {
  const { servedPath } = await prepare(withPngBytes(await cleanPng(), pngChunk('tIME', 'now')));
  expect(statSync(servedPath).mode & 0o777).toBe(0o600);
  const drawn = await prepare(corners().toColourspace('cmyk').jpeg());
  expect(statSync(drawn.servedPath).mode & 0o777).toBe(0o600);
});

describe('of a PNG, only pixels and colours are kept', () => {
  test.each([
    ['tEXt', `Comment\0${SECRET}`],
    ['iTXt', `XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>${SECRET}</x:xmpmeta>`],
    ['zTXt', `Raw profile type iptc\0\0${SECRET}`],
    ['eXIf', exifBytes({ note: SECRET })],
    ['tIME', '\x07\xea\x01\x02\x03\x04\x05'],
    ['caBX', SECRET],
    ['quIz', SECRET],
    ['gAMA', `\0\0\xb1\x8f${SECRET}`],
  ])('without %s', async (type, data) => {
    const clean = await cleanPng();
    for (const place of ['IDAT', 'IEND']) {
      const told = withPngBytes(clean, pngChunk(type, data), place);
      expect((await expectCleaned(told)).served.equals(clean)).toBe(true);
    }
  });

  test('with what its colours and its size need', async () => {
    const colours = [
      pngChunk('gAMA', '\0\0\xb1\x8f'),
      pngChunk('sRGB', '\0'),
      pngChunk('sBIT', '\x08\x08\x08'),
    ];
    const coloured = withPngBytes(await cleanPng(), Buffer.concat(colours));
    expect((await prepare(coloured)).isSame).toBe(true);
    const told = withPngBytes(coloured, pngChunk('tEXt', `a\0${SECRET}`));
    expect(pngTypes((await expectCleaned(told)).served)).toEqual([
      'IHDR',
      'pHYs',
      'gAMA',
      'sRGB',
      'sBIT',
      'IDAT',
      'IEND',
    ]);
  });

  test('a chunk that is left out may be broken, one that is kept may not', async () => {
    const broken = (type: string, data: string) => {
      const bytes = pngChunk(type, data);
      bytes.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1);
      return bytes;
    };
    await expectCleaned(withPngBytes(await cleanPng(), broken('tEXt', SECRET)));
    const kept = withPngBytes(await cleanPng(), broken('gAMA', '\0\0\xb1\x8f'));
    await expect(prepare(kept)).rejects.toMatchObject({ code: 'image_unreadable' });
  });

  test.each([
    ['a chunk that goes on behind the end', Buffer.from('\x7f\xff\xff\xfftEXt', 'latin1')],
    ['a second run of pixels', Buffer.concat([pngChunk('tEXt'), pngChunk('IDAT', SECRET)])],
    ['an unknown chunk that matters', pngChunk('QUIz', SECRET)],
    ['an end that is none', pngChunk('IEND', SECRET)],
    ['more chunks than a picture has', Buffer.alloc(2_500_000, pngChunk('quIz'))],
  ])('%s is refused', async (_, chunk) => {
    const bytes = withPngBytes(await cleanPng(), chunk, 'IEND');
    await expect(prepare(bytes)).rejects.toMatchObject({ code: 'image_unreadable' });
  });
});

describe('of a JPEG, only pixels and colours are kept', () => {
  const jpeg = () => corners().jpeg().toBuffer();

  test.each([
    ['EXIF', jpegSegment(0xe1, exifSegmentData(exifBytes({ note: SECRET })))],
    ['XMP', jpegSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x>${SECRET}</x>`)],
    ['IPTC', jpegSegment(0xed, `Photoshop 3.0\x008BIM\x04\x04${SECRET}`)],
    ['comments', jpegSegment(0xfe, SECRET)],
    ['an index of more pictures', jpegSegment(0xe2, `MPF\0${SECRET}`)],
    ['a JFIF extension', jpegSegment(0xe0, `JFXX\0\x10${SECRET}`)],
    ['what no one knows', jpegSegment(0xeb, SECRET)],
    ['fill bytes', Buffer.from('ffffff', 'hex')],
  ])('without %s', async (_, segment) => {
    const clean = await jpeg();
    const { served } = await expectCleaned(withJpegBytes(clean, segment));
    expect(served.equals(clean)).toBe(true);
  });

  test('without the thumbnails in EXIF and JFIF', async () => {
    const clean = await jpeg();
    const thumbnail = await corners().resize(16).jpeg().toBuffer();
    const exif = exifBytes({ note: thumbnail.toString('latin1') });
    const jfif = `JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02my house..`;
    const { served } = await expectCleaned(
      withJpegBytes(clean, jpegSegment(0xe0, jfif), jpegSegment(0xe1, exifSegmentData(exif))),
    );
    const bare = jpegSegment(0xe0, 'JFIF\0\x01\x02\0\0\x01\0\x01\0\0');
    expect(served.equals(withJpegBytes(clean, bare))).toBe(true);
  });

  test('with its profile', async () => {
    const clean = await corners().withIccProfile('p3').jpeg().toBuffer();
    const { served } = await expectCleaned(withJpegBytes(clean, jpegSegment(0xfe, SECRET)));
    expect((await sharp(served).metadata()).icc).toEqual((await sharp(clean).metadata()).icc);
  });

  test('without the pictures that follow the first', async () => {
    const first = await jpeg();
    const second = withJpegBytes(await jpeg(), jpegSegment(0xfe, SECRET));
    const phone = withJpegBytes(first, jpegSegment(0xe2, 'MPF\0MM\0*'));
    const { served } = await expectCleaned(Buffer.concat([phone, second]));
    expect(served.equals(first)).toBe(true);
  });

  test.each([
    ['text between segments', Buffer.concat([jpegSegment(0xfe, ''), Buffer.from('<script>')])],
    ['a segment without room for its own length', Buffer.from('ffe10001', 'hex')],
    ['a second start', Buffer.from('ffd8', 'hex')],
    ['fill bytes without an end', Buffer.alloc(2_000_000, 0xff)],
    ['more segments than a picture has', Buffer.alloc(2_000_000, jpegSegment(0xfe, ''))],
    ['a reserved marker', jpegSegment(0x02, SECRET)],
  ])('%s is refused', async (_, bytes) => {
    const told = withJpegBytes(await jpeg(), bytes);
    await expect(prepare(told)).rejects.toMatchObject({ code: 'image_unreadable' });
  });

  test('so are more scans than a picture has', async () => {
    const bytes = await corners().jpeg({ progressive: true }).toBuffer();
    const scanAt = bytes.indexOf(Buffer.from('ffda', 'hex'));
    const next = bytes.indexOf(Buffer.from('ffc4', 'hex'), scanAt);
    const scans = Array.from({ length: 60 }, () => bytes.subarray(scanAt, next));
    await expect(prepare(inTwo(bytes, next, Buffer.concat(scans)))).rejects.toMatchObject({
      code: 'image_unreadable',
    });
  });
});

describe('of a WEBP, only pixels and colours are kept', () => {
  const metadata = [
    webpChunk('EXIF', exifBytes({ note: SECRET })),
    webpChunk('XMP ', `<x>${SECRET}</x>`),
    webpChunk('quiz', SECRET),
  ];
  const pixels = async (image = corners()) =>
    webpChunks(await image.webp().toBuffer()).filter((chunk) => !chunk.includes('VP8X'));

  test('without EXIF, XMP and what no one knows, and the header says so', async () => {
    const told = webpOf(
      webpHeader({ flags: 0x0c, width: 64, height: 128 }),
      ...(await pixels()),
      ...metadata,
    );
    const { served } = await expectCleaned(told);
    const header = webpHeader({ flags: 0, width: 64, height: 128 });
    expect(served.equals(webpOf(header, ...(await pixels())))).toBe(true);
  });

  test('with its transparency and its profile', async () => {
    const clean = await corners('80').withIccProfile('p3').webp().toBuffer();
    const [header, ...rest] = webpChunks(clean);
    header!.writeUInt8(header!.readUInt8(8) | 0x0c, 8);
    const { served } = await expectCleaned(webpOf(header!, ...rest, ...metadata));
    expect(webpTypes(served)).toEqual(['VP8X', 'ICCP', 'ALPH', 'VP8 ']);
    expect(await sharp(served).metadata()).toMatchObject({ hasAlpha: true, hasProfile: true });
  });

  test('a file of the simple form may have it, too', async () => {
    const { served } = await expectCleaned(webpOf(...(await pixels()), ...metadata));
    expect(served.equals(webpOf(...(await pixels())))).toBe(true);
  });

  test.each([
    ['a second picture', async () => webpOf(...(await pixels()), ...(await pixels()))],
    ['no picture', () => Promise.resolve(webpOf(webpHeader({}), ...metadata))],
    [
      'a profile behind the pixels',
      async () => webpOf(webpHeader({}), ...(await pixels()), webpChunk('ICCP', SECRET)),
    ],
    ['half a chunk', async () => webpOf(...(await pixels()), Buffer.from('EXIF\xff\0\0\0ab'))],
  ])('%s is refused', async (_, bytes) => {
    await expect(prepare(await bytes())).rejects.toMatchObject({ code: 'image_unreadable' });
  });
});

test.each(['png', 'jpeg', 'webp'] as const)(
  'of a %s that is something else, too, the something else goes',
  async (format) => {
    const clean = await corners().toFormat(format).toBuffer();
    const zip = Buffer.from(`PK\x03\x04${SECRET}PK\x05\x06`, 'latin1');
    const page = Buffer.from(`--><html><script>"${SECRET}"</script>`);
    const php = Buffer.from(`<?php echo "${SECRET}"; ?>`);
    for (const other of [zip, page, php, Buffer.from([0])]) {
      const { served } = await expectCleaned(Buffer.concat([clean, other]));
      expect(served.equals(clean)).toBe(true);
    }
  },
);

test('so do its halves within comments', async () => {
  const page = `<html><!-- ${SECRET}`;
  const jpeg = await corners().jpeg().toBuffer();
  await expectCleaned(withJpegBytes(jpeg, jpegSegment(0xfe, page)));
  const php = pngChunk('tEXt', `Comment\0<?php echo "${SECRET}"; ?>`);
  await expectCleaned(withPngBytes(await cleanPng(), php));
});

describe('a picture that lies on its side is drawn upright', () => {
  /** The corners of the upright picture, in the order of reading, for each orientation. */
  const UPRIGHT = [
    [1, RED, GREEN, BLUE, WHITE],
    [2, GREEN, RED, WHITE, BLUE],
    [3, WHITE, BLUE, GREEN, RED],
    [4, BLUE, WHITE, RED, GREEN],
    [5, RED, BLUE, GREEN, WHITE],
    [6, BLUE, RED, WHITE, GREEN],
    [7, WHITE, GREEN, BLUE, RED],
    [8, GREEN, WHITE, RED, BLUE],
  ] as const;

  async function cornersOf(bytes: Buffer) {
    const { data, info } = await sharp(bytes)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const at = (x: number, y: number) => {
      const start = (y * width + x) * 3;
      const bits = [...data.subarray(start, start + 3)].map((v) => (v > 127 ? 'ff' : '00'));
      return bits.join('');
    };
    const [right, low] = [width - 8, height - 8];
    return [at(8, 8), at(right, 8), at(8, low), at(right, low)];
  }

  test.each(UPRIGHT)('%d', async (orientation, ...upright) => {
    const exif = exifBytes({ orientation, note: SECRET });
    const [png, jpeg, webp] = await Promise.all([
      corners().png().toBuffer(),
      corners().jpeg().toBuffer(),
      corners().webp({ lossless: true }).toBuffer(),
    ]);
    const lying = [
      withPngBytes(png, pngChunk('eXIf', exif)),
      withJpegBytes(jpeg, jpegSegment(0xe1, exifSegmentData(exif))),
      webpOf(
        webpHeader({ flags: 8, width: 64, height: 128 }),
        ...webpChunks(webp),
        webpChunk('EXIF', exif),
      ),
    ];
    const [width, height] = orientation > 4 ? [128, 64] : [64, 128];
    for (const bytes of lying) {
      const { isSame, served, ...facts } = await prepare(bytes);
      expect(facts).toMatchObject({ width, height });
      expect(await cornersOf(served)).toEqual(upright);
      expect(served.includes('my house')).toBe(false);
      const again = await prepare(served);
      expect([isSame, again.isSame, again.mimeType]).toEqual([false, true, facts.mimeType]);
    }
  });

  test('exactly, where it was stored exactly', async () => {
    const exif = exifBytes({ orientation: 3 });
    const webp = await corners().webp({ lossless: true }).toBuffer();
    const header = webpHeader({ flags: 8, width: 64, height: 128 });
    const lying = webpOf(header, ...webpChunks(webp), webpChunk('EXIF', exif));
    const { served } = await prepare(lying);
    const turned = await corners().png().toBuffer();
    expect(await pixelsOf(served)).toEqual(
      await pixelsOf(await sharp(turned).rotate(180).webp({ lossless: true }).toBuffer()),
    );
  });
});

test('a picture that is drawn anew keeps its colours, and loses its profile', async () => {
  const wide = await corners().withIccProfile('p3').png().toBuffer();
  const lying = withPngBytes(wide, pngChunk('eXIf', exifBytes({ orientation: 2 })));
  const { served } = await prepare(lying);
  expect((await sharp(served).metadata()).hasProfile).toBe(false);
  const wanted = await corners().flop().raw().toBuffer();
  const shown = await sharp(served).raw().toBuffer();
  const worst = Math.max(...shown.map((value, at) => Math.abs(value - wanted[at]!)));
  expect(worst).toBeLessThan(4);
});

describe('colours that not every browser shows are drawn anew in sRGB', () => {
  /** The Adobe marker says which of the two it is. */
  async function ycck() {
    const bytes = await corners().toColourspace('cmyk').jpeg().toBuffer();
    bytes.writeUInt8(2, bytes.indexOf('Adobe') + 11);
    return bytes;
  }

  test.each([
    ['gray with 16 bits', () => corners().toColourspace('grey16').png()],
    ['colour with 16 bits', () => corners().toColourspace('rgb16').png()],
    ['transparent with 16 bits', () => corners('80').toColourspace('rgb16').png()],
    ['cmyk', () => corners().toColourspace('cmyk').jpeg({ quality: 100 })],
    ['ycck', ycck],
    [
      'cmyk with a profile',
      () => corners().withIccProfile('cmyk').toColourspace('cmyk').jpeg({ quality: 100 }),
    ],
  ])('%s', async (_, source) => {
    const image = await source();
    const bytes = Buffer.isBuffer(image) ? image : await image.toBuffer();
    const { isSame, served, mimeType } = await prepare(bytes);
    const before = await sharp(bytes).metadata();
    const after = await sharp(served).metadata();
    expect(isSame).toBe(false);
    expect(mimeType).toBe(before.mediaType);
    expect(after).toMatchObject({ depth: 'uchar', hasAlpha: before.hasAlpha, width: 64 });
    expect(['srgb', 'b-w']).toContain(after.space);
    const [mean, wanted] = [
      await sharp(served).stats(),
      await sharp(await sharp(bytes).toColourspace('srgb').png().toBuffer()).stats(),
    ];
    for (const [n, { mean: value }] of mean.channels.entries()) {
      expect(Math.abs(value - wanted.channels[n]!.mean)).toBeLessThan(3);
    }
  });
});
