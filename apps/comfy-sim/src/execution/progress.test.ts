import { ProgressThrottle } from './progress';

function admitted(steps: number, stepMs: number, isOn = true): number[] {
  const throttle = new ProgressThrottle(isOn);
  const values = Array.from({ length: steps }, (_, index) => index + 1);
  return values.filter((value) =>
    throttle.admits({ value, max: steps, hasPreview: false, now: 1000 + value * stepMs }),
  );
}

test('slow steps are all told', () => {
  expect(admitted(4, 150)).toEqual([1, 2, 3, 4]);
});

test('of fast steps the first, the last and ten a second are told', () => {
  expect(admitted(10, 30)).toEqual([1, 5, 9, 10]);
});

test('steps below half a percent are not told', () => {
  expect(admitted(1000, 100)).toHaveLength(201);
});

test('without the throttle all steps are told', () => {
  expect(admitted(10, 30, false)).toHaveLength(10);
});
