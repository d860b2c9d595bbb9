import { repr, toBool, toFloat, toInt, toStr } from './python';

test('values are shown as Python shows them', () => {
  expect(repr(["it's", 'a "b"', true, null, 1.5, { a: [] }])).toBe(
    `["it's", 'a "b"', True, None, 1.5, {'a': []}]`,
  );
  expect(toStr('plain')).toBe('plain');
});

test('numbers are read as Python reads them', () => {
  expect([toInt(' 1_000 '), toInt(-2.9), toInt(false)]).toEqual([1000, -2, 0]);
  expect([toFloat('1e3'), toFloat(' .5 '), toFloat(true)]).toEqual([1000, 0.5, 1]);
});

test.each([
  [() => toInt('1.5'), "invalid literal for int() with base 10: '1.5'"],
  [() => toInt(null), "not 'NoneType'"],
  [() => toFloat(''), "could not convert string to float: ''"],
  [() => toFloat({}), "not 'dict'"],
])('what is no number is refused in the same words: %#', (convert, words) => {
  expect(convert).toThrow(words);
});

test('empty things are false', () => {
  expect([toBool(''), toBool(0), toBool([]), toBool({}), toBool('no')]).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});
