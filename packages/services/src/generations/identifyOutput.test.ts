import sharp from 'sharp';
import { identifyOutput, UnreadableOutputError } from './identifyOutput';

const picture = sharp({ create: { width: 6, height: 4, channels: 3, background: 'teal' } });

test.each([
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['avif', 'image/avif'],
  ['tiff', 'image/tiff'],
] as const)('a %s is decoded', async (format, mimeType) => {
  const bytes = await picture.clone().toFormat(format).toBuffer();
  const facts = await identifyOutput(bytes, `a.${format}`);
  expect(facts).toEqual({ mimeType, width: 6, height: 4 });
});

test.each([
  ['a.MP4', 'video/mp4'],
  ['a.txt', 'text/plain; charset=utf-8'],
  ['a.glb', 'model/gltf-binary'],
  ['a.svg', 'application/octet-stream'],
  ['a.html', 'application/octet-stream'],
  ['a', 'application/octet-stream'],
])('%s is no picture', async (filename, mimeType) => {
  const facts = await identifyOutput(Buffer.from('<svg/>'), filename);
  expect(facts).toEqual({ mimeType, width: null, height: null });
});

test.each([
  ['text', Buffer.from('hello')],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>')],
  ['nothing', Buffer.alloc(0)],
])('%s under the name of a picture is refused', async (_what, bytes) => {
  await expect(identifyOutput(bytes, 'a.png')).rejects.toThrow(UnreadableOutputError);
});

test('a picture that is cut off is refused', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const whole = await sharp({
    create: { width: 64, height: 64, channels: 3, background: 'teal', noise },
  })
    .png()
    .toBuffer();
  const half = whole.subarray(0, whole.length / 2);
  await expect(identifyOutput(half, 'a.png')).rejects.toThrow(UnreadableOutputError);
});
