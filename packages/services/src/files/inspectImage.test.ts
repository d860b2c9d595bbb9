import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { inspectImage } from './inspectImage';

const folder = mkdtempSync(join(tmpdir(), 'avatarforge-inspect-'));
const path = join(folder, 'image');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const picture = (width = 64, height = 96) =>
  sharp({ create: { width, height, channels: 4, background: '#369c' } });

async function inspect(image: Sharp | Buffer) {
  writeFileSync(path, Buffer.isBuffer(image) ? image : await image.toBuffer());
  return inspectImage(path);
}

test.each(['png', 'jpeg', 'webp'] as const)('a %s is known by its bytes', async (format) => {
  expect(await inspect(picture().toFormat(format))).toEqual({
    mimeType: `image/${format}`,
    width: 64,
    height: 96,
  });
});

test.each(['gif', 'tiff', 'avif'] as const)('a %s is not accepted', async (format) => {
  await expect(inspect(picture().toFormat(format))).rejects.toMatchObject({
    code: 'unsupported_media_type',
  });
});

test.each(['', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'RIFF....WAVE'])(
  'neither is %j',
  async (text) => {
    await expect(inspect(Buffer.from(text))).rejects.toMatchObject({
      code: 'unsupported_media_type',
    });
  },
);

test('moving pictures are not accepted', async () => {
  const frames = Buffer.from(Array.from({ length: 64 * 128 * 3 }, (_, n) => n % 251));
  const moving = sharp(frames, { raw: { width: 64, height: 128, channels: 3, pageHeight: 64 } });
  await expect(inspect(moving.webp({ delay: [100, 100] }))).rejects.toMatchObject({
    code: 'unsupported_media_type',
  });
});

test.each([
  [63, 64],
  [64, 63],
  [4097, 64],
  [64, 4097],
])('%d × %d pixels are outside the limits', async (width, height) => {
  await expect(inspect(picture(width, height).png())).rejects.toMatchObject({
    code: 'image_dimensions',
  });
});

test('a header that lies about its size is not believed', async () => {
  const bytes = await picture().png().toBuffer();
  bytes.writeUInt32BE(4000, 16);
  await expect(inspect(bytes)).rejects.toMatchObject({ code: 'image_unreadable' });
});

test.each(['png', 'jpeg', 'webp'] as const)('a %s that ends early is damaged', async (format) => {
  const bytes = await picture(200, 200).toFormat(format).toBuffer();
  await expect(inspect(bytes.subarray(0, bytes.length - 30))).rejects.toMatchObject({
    code: 'image_unreadable',
  });
});
