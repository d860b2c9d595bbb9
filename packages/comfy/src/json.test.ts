import { parseJson } from './json';

test('plain JSON is parsed as JSON.parse does', () => {
  const text = '{"a": [1, 2.5, "x", null, true], "b": {"c": -3e2}}';
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test('pitfall 13: NaN and the infinities become null', () => {
  expect(parseJson('{"a": NaN, "b": [Infinity, -Infinity, 1]}')).toEqual({
    a: null,
    b: [null, null, 1],
  });
});

test('the words stay inside strings, escaped quotes or not', () => {
  const text = String.raw`{"NaN": "say \"NaN\" or Infinity\\", "b": NaN, "c": "12345678901234567890"}`;
  expect(parseJson(text)).toEqual({
    NaN: 'say "NaN" or Infinity\\',
    b: null,
    c: '12345678901234567890',
  });
});

test('pitfall 14: integers beyond 2^53 keep their digits, as strings', () => {
  expect(parseJson('[18446744073709551615, -9007199254740993]')).toEqual([
    '18446744073709551615',
    '-9007199254740993',
  ]);
});

test('safe integers and floats of many digits stay numbers', () => {
  expect(
    parseJson('[9007199254740991, 0.12345678901234567, 12345678901234567.5, 1234567890123456e2]'),
  ).toEqual([9007199254740991, 0.12345678901234567, 12345678901234567.5, 1234567890123456e2]);
});

test('broken JSON is refused, with and without the words', () => {
  for (const text of [
    '',
    '{',
    '{"a": NaNa}',
    '<html>',
    '{"a": "NaN',
    '{"a": 12345678901234567890',
  ]) {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  }
});

test('a string of a million escapes does not exhaust the stack', () => {
  const text = `{"long": "${String.raw`\u4e2d`.repeat(1_000_000)}", "nan": NaN}`;
  expect(parseJson(text)).toMatchObject({ nan: null });
});
