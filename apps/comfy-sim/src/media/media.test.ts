import { BitWriter } from './bitWriter';
import { encodeSilence } from './flac';
import { encodeCube } from './glb';
import { encodeH264Frame, h264Parameters } from './h264';

test('numbers become Exp-Golomb codes', () => {
  const bits = (value: number) => {
    const bytes = new BitWriter().golomb(value).toBuffer();
    return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  };
  expect([0, 1, 2, 7].map(bits)).toEqual(['10000000', '01000000', '01100000', '00010000']);
});

test('a long silence has a frame for every 4096 samples, numbered as UTF-8 numbers them', () => {
  const flac = encodeSilence({ sampleRate: 44_100, channels: 1, length: 4096 * 130 });
  const syncs = flac.toString('latin1').split('\xff\xf8\x70\x08').slice(1);
  expect(syncs).toHaveLength(130);
  const numbers = [0, 127, 128].map((at) => Buffer.from(syncs[at] ?? '', 'latin1').subarray(0, 2));
  expect(numbers.map((bytes) => bytes[0])).toEqual([0, 0x7f, 0xc2]);
});

test('a cube names as many bytes as it has', () => {
  const glb = encodeCube(2);
  expect([glb.readUInt32LE(8), glb.length % 4]).toEqual([glb.length, 0]);
  const json = JSON.parse(glb.toString('utf8', 20, 20 + glb.readUInt32LE(12))) as {
    accessors: { max: number[] }[];
  };
  expect(json.accessors[0]?.max).toEqual([1, 1, 1]);
});

test('no start code appears within a video frame', async () => {
  const size = { width: 20, height: 36 };
  const frame = await encodeH264Frame(Buffer.alloc(20 * 36 * 3), size, 0);
  // Two by three macroblocks of 384 samples, each behind its type.
  expect(frame.length).toBeGreaterThan(6 * 384);
  const { sequence } = h264Parameters(size);
  for (const unit of [frame, sequence]) expect(unit.includes(Buffer.of(0, 0, 1))).toBe(false);
});
