import sharp from 'sharp';
import { pngChunk, pngClaiming, cleanPng, withPngBytes } from '../../fixtures/pngBytes';
import { clear, endPreparing, leftBehind, prepare } from '../../fixtures/preparing';
import { webpHeader, webpChunk, webpOf } from '../../fixtures/webpBytes';
import { prepareImage } from './prepareImage';

afterEach(clear);
afterAll(endPreparing);

const picture = (width = 64, height = 80) =>
  sharp({ create: { width, height, channels: 3, background: '#369' } });
const noise = (width = 64, height = 80) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#fff',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

async function refusal(bytes: Buffer | Promise<Buffer>): Promise<unknown> {
  try {
    await prepare(await bytes);
    return 'taken';
  } catch (error) {
    expect(leftBehind()).toEqual([]);
    return (error as { code: unknown }).code;
  }
}

test.each(['png', 'jpeg', 'webp'] as const)('a %s is known by its bytes', async (format) => {
  const { mimeType, width, height, servedSize, served } = await prepare(picture().toFormat(format));
  expect({ mimeType, width, height }).toEqual({
    mimeType: `image/${format}`,
    width: 64,
    height: 80,
  });
  expect(servedSize).toBe(served.length);
});

test.each([
  ['a gif', picture().gif().toBuffer()],
  ['a tiff', picture().tiff().toBuffer()],
  ['an avif', picture().avif({ effort: 0 }).toBuffer()],
  ['a bmp', 'BM\x36\0\0\0\0\0\0\0'],
  ['a pdf', '%PDF-1.7\n'],
  ['an svg', '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>'],
  ['a page', '<!doctype html><script>alert(1)</script>'],
  ['text', 'I am called face.png.'],
  ['nothing', ''],
  ['one byte', '\x89'],
  ['a gif that is a script', 'GIF89a=1;alert(1)//'],
  ['a sound', 'RIFF\x24\0\0\0WAVEfmt '],
  ['a png turned into text', '\x89PNG\n\x1a\n\0\0\0\x0dIHDR'],
])('%s is not accepted', async (_, bytes) => {
  const sent = Buffer.from((await bytes) as string, 'latin1');
  expect(await refusal(sent)).toBe('unsupported_media_type');
});

test.each(['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'RIFF\x04\0\0\0WEBP'])(
  'a good beginning and no more is damaged: %j',
  async (start) => {
    expect(await refusal(Buffer.from(start, 'latin1'))).toBe('image_unreadable');
    const text = Buffer.from(`${start}<html>and no picture</html>`, 'latin1');
    expect(await refusal(text)).toBe('image_unreadable');
  },
);

test.each([
  ['png', noise().png()],
  ['interlaced png', noise().png({ progressive: true })],
  ['jpeg', noise().jpeg()],
  ['progressive jpeg', noise().jpeg({ progressive: true })],
  ['webp', noise().webp()],
  ['lossless webp', noise().webp({ lossless: true, effort: 0 })],
  ['webp with alpha', noise().ensureAlpha(0.5).webp()],
])('a %s that ends early is damaged, wherever it ends', async (_, image) => {
  const bytes = await image.toBuffer();
  const step = Math.ceil(bytes.length / 200);
  for (let length = bytes.length - 1; length >= 12; length -= length > 100 ? step : 1) {
    expect([length, await refusal(bytes.subarray(0, length))]).toEqual([
      length,
      'image_unreadable',
    ]);
  }
});

test.each([
  [63, 64],
  [64, 63],
  [4097, 64],
  [64, 4097],
])('%d × %d pixels are outside the limits', async (width, height) => {
  for (const format of ['png', 'jpeg', 'webp'] as const) {
    const bytes = picture(width, height).toFormat(format).toBuffer();
    expect(await refusal(bytes)).toBe('image_dimensions');
  }
});

test.each([
  [64, 64],
  [4096, 64],
  [64, 4096],
])('%d × %d pixels are within them', async (width, height) => {
  expect(await prepare(picture(width, height).jpeg())).toMatchObject({ width, height });
});

test.each([
  [30_000, 30_000],
  [1_000_000, 64],
])('a header of %d × %d pixels is refused before it is decoded', async (width, height) => {
  expect(await refusal(pngClaiming(await cleanPng(), { width, height }))).toBe('image_dimensions');
});

test('so is a WEBP that claims the most it can', async () => {
  const pixels = (await picture().webp().toBuffer()).subarray(12);
  const bomb = webpOf(webpHeader({ width: 2 ** 24, height: 255 }), pixels);
  expect(await refusal(bomb)).toMatch(/^image_(?:dimensions|unreadable)$/);
});

test('a header that lies within the limits is not believed', async () => {
  const lie = pngClaiming(await cleanPng(), { width: 4000, height: 4000 });
  expect(await refusal(lie)).toBe('image_unreadable');
});

test('pixels that unpack to much more than the header says are not unpacked', async () => {
  const big = await picture(4096, 4096).png({ compressionLevel: 9 }).toBuffer();
  const before = process.memoryUsage().rss;
  await refusal(pngClaiming(big, { width: 64, height: 64 }));
  expect(process.memoryUsage().rss - before).toBeLessThan(30 * 1024 * 1024);
});

test('moving pictures are not accepted', async () => {
  const frames = Buffer.from(Array.from({ length: 64 * 128 * 3 }, (_, n) => n % 251));
  const raw = { width: 64, height: 128, channels: 3, pageHeight: 64 } as const;
  const webp = sharp(frames, { raw }).webp({ delay: [100, 100] });
  expect(await refusal(webp.toBuffer())).toBe('unsupported_media_type');

  const apng = withPngBytes(await cleanPng(), pngChunk('acTL', '\0\0\0\x02\0\0\0\0'));
  expect(await refusal(apng)).toBe('unsupported_media_type');

  const pixels = (await picture().webp().toBuffer()).subarray(12);
  const anim = webpOf(webpHeader({ flags: 2 }), webpChunk('ANIM', Buffer.alloc(6)), pixels);
  expect(await refusal(anim)).toBe('unsupported_media_type');
});

test('a file that cannot be read is no fault of the sender', async () => {
  await expect(prepareImage('/nowhere/at/all')).rejects.toMatchObject({ code: 'ENOENT' });
});
