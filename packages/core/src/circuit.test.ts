import {
  afterPicture,
  afterReturn,
  afterTrouble,
  CLOSED_CIRCUIT,
  circuitAllowance,
  circuitState,
  type Circuit,
  type Trouble,
} from './circuit';

const SECOND = 1000;
const troubled = (trouble: Trouble, at = 0, circuit: Circuit = CLOSED_CIRCUIT) =>
  afterTrouble(circuit, trouble, { at, random: 0 });

test('one that is well may hold as much as it likes', () => {
  expect(circuitState(CLOSED_CIRCUIT, 0)).toBe('closed');
  expect(circuitAllowance(CLOSED_CIRCUIT, 0)).toBe(Infinity);
});

test('after trouble it gets nothing, then one prompt at a time, and after a picture all again', () => {
  const circuit = troubled('died');
  expect(circuitAllowance(circuit, 5 * SECOND - 1)).toBe(0);
  expect(circuitAllowance(circuit, 5 * SECOND)).toBe(1);
  expect(circuitState(circuit, 5 * SECOND)).toBe('half_open');
  expect(afterPicture(circuit, 5 * SECOND)).toBe(CLOSED_CIRCUIT);
});

test('a picture that was begun before the trouble proves nothing', () => {
  const circuit = troubled('hung');
  expect(afterPicture(circuit, SECOND)).toBe(circuit);
});

test('each trouble in a row keeps it from work for longer, up to five minutes', () => {
  let circuit = CLOSED_CIRCUIT;
  const seconds = [1, 2, 3, 4, 5].map(() => {
    const at = Math.max(0, circuit.openUntil);
    circuit = troubled('hung', at, circuit);
    return (circuit.openUntil - at) / SECOND;
  });
  expect(seconds).toEqual([5, 30, 120, 300, 300]);
});

test('what was begun before the trouble, and fails after it, is no further trouble', () => {
  const circuit = troubled('device_error');
  expect(troubled('device_error', SECOND, circuit).troubles).toBe(circuit.troubles);
  expect(troubled('died', SECOND, circuit).troubles).toBe(circuit.troubles);
});

test('what only a restart cures is not tried again soon', () => {
  expect(troubled('device_error').openUntil).toBe(120 * SECOND);
  expect(troubled('stalled').openUntil).toBe(120 * SECOND);
});

test('chance adds a fifth at most', () => {
  const { openUntil } = afterTrouble(CLOSED_CIRCUIT, 'died', { at: 0, random: 1 });
  expect(openUntil).toBe(6 * SECOND);
});

test('one that came back may be tried at once, unless coming back is what it does when it dies', () => {
  expect(circuitState(afterReturn(troubled('device_error'), SECOND), SECOND)).toBe('half_open');
  expect(circuitState(afterReturn(troubled('died'), SECOND), SECOND)).toBe('open');
  expect(afterReturn(CLOSED_CIRCUIT, SECOND)).toBe(CLOSED_CIRCUIT);
});
