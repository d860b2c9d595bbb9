import sharp from 'sharp';
import { withoutText } from './withoutText';

const chunk = (type: string, data: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type + data, 'latin1'), Buffer.alloc(4)]);
};

async function png(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
}

test('text chunks are left out, and the picture is the same', async () => {
  const plain = await png();
  const header = 8 + 12 + 13;
  const texts = ['tEXt', 'zTXt', 'iTXt'].map((type) => chunk(type, 'prompt\0{"secret": 1}'));
  const told = Buffer.concat([plain.subarray(0, header), ...texts, plain.subarray(header)]);
  expect(withoutText(told).equals(plain)).toBe(true);
});

test('a PNG that is cut off keeps what is there', async () => {
  const cut = (await png()).subarray(0, 60);
  expect(withoutText(cut).length).toBeLessThanOrEqual(60);
});

test('what is no PNG stays as it is', async () => {
  const jpeg = await sharp(await png())
    .jpeg()
    .toBuffer();
  expect(withoutText(jpeg)).toBe(jpeg);
});
