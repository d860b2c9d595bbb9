import type { AppError } from '@avatarforge/core';
import { decodeInlineImage } from './decodeInlineImage';

const bytes = Buffer.from([0xfb, 0xff, 0x00, 0x10, 0x41]);
const base64 = bytes.toString('base64');

function errorOf(text: string): AppError {
  try {
    decodeInlineImage(text, 'pose_image');
  } catch (error) {
    return error as AppError;
  }
  throw new Error('it was decoded');
}

test.each([
  ['base64', base64],
  ['a data URL', `data:image/png;base64,${base64}`],
  ['base64 in lines', `${base64.slice(0, 4)}\r\n${base64.slice(4)}\n`],
  ['base64 for URLs', bytes.toString('base64url')],
])('%s is decoded', (_name, text) => {
  expect(decodeInlineImage(text, 'pose_image').equals(bytes)).toBe(true);
});

test.each(['', ' ', 'data:image/png;base64,', 'C:\\pose.png', '/tmp/pose.png', 'a=b', 'é'])(
  '%j is no picture',
  (text) => {
    expect(errorOf(text)).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/pose_image' }],
    });
  },
);

test('more than 50 MB is too much', () => {
  const text = Buffer.alloc(50 * 1024 ** 2 + 1).toString('base64');
  expect(errorOf(text).code).toBe('payload_too_large');
});
