import { exifBytes, exifSegmentData } from '../../fixtures/exifBytes';
import { readOrientation } from './readOrientation';

test.each([1, 2, 3, 4, 5, 6, 7, 8])('%d is read in both byte orders', (orientation) => {
  expect(readOrientation(exifBytes({ orientation, isLittleEndian: true }))).toBe(orientation);
  expect(readOrientation(exifBytes({ orientation, isLittleEndian: false }))).toBe(orientation);
  expect(readOrientation(exifSegmentData(exifBytes({ orientation })))).toBe(orientation);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no EXIF', Buffer.from('II*\0 and so on, and so on')],
  ['no such orientation', exifBytes({ orientation: 9 })],
  ['a directory behind the end', Buffer.from('II*\0\xff\xff\xff\xff', 'latin1')],
])('%s is upright', (_, exif) => {
  expect(readOrientation(exif)).toBe(1);
});

test('wherever it is cut, it is read or upright', () => {
  const exif = exifBytes({ orientation: 6 });
  for (let length = 0; length < exif.length; length += 1) {
    expect([1, 6]).toContain(readOrientation(exif.subarray(0, length)));
  }
});
