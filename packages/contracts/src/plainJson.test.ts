import { flawOfJson } from './plainJson';

const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;

test.each([{ a: [1, 'text', null, true] }, 'text', 7, null, nested(32)])(
  '%j can be held',
  (value) => {
    expect(flawOfJson(value)).toBeNull();
  },
);

test.each([
  ['a NUL', { a: ['x\0'] }],
  ['a NUL in a name', { 'a\0': 1 }],
  ['half a character', { a: '\ud800' }],
])('%s cannot', (_what, value) => {
  expect(flawOfJson(value)).toBe('Has characters that are not text.');
});

test('a hundred thousand levels are counted, not fallen into', () => {
  expect(flawOfJson(nested(100_000))).toMatch('deeper than 32');
});
