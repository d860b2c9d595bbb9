import { toPythonFloat, toPythonInt } from './pythonNumbers';

test.each([
  [7.9, 7n],
  [-7.9, -7n],
  [true, 1n],
  [' -1_000 ', -1000n],
  ['9'.repeat(4300), BigInt('9'.repeat(4300))],
])('int(%j)', (value, expected) => {
  expect(toPythonInt(value)).toBe(expected);
});

test.each([NaN, Infinity, null, undefined, {}, '', '_1', '1_', '- 1', '1e3', '9'.repeat(4301)])(
  'int refuses %j',
  (value) => {
    expect(toPythonInt(value)).toBeNull();
  },
);

test.each([
  ['-1.5e-1', -0.15],
  ['1_0.2_5', 10.25],
  ['.5', 0.5],
  ['+INF', Infinity],
  ['-Infinity', -Infinity],
  ['NaN', NaN],
  [false, 0],
])('float(%j)', (value, expected) => {
  expect(toPythonFloat(value)).toBe(expected);
});

test.each([NaN, null, {}, '', '.', '1.2.3', '1,5', '1._5', 'e5', '0x1', 'infin'])(
  'float refuses %j',
  (value) => {
    expect(toPythonFloat(value)).toBeNull();
  },
);
