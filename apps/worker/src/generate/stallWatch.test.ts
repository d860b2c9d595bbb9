import { StallWatch } from './stallWatch';

const MINUTE = 60_000;

test('pitfall 9: a queue that stands still with nothing running, twice, is stalled', () => {
  const watch = new StallWatch();
  expect(watch.isStill(3, 0)).toBe(false);
  expect(watch.isStill(3, MINUTE - 1)).toBe(false);
  expect(watch.isStill(3, MINUTE)).toBe(true);
  expect(watch.isStalled(0, MINUTE)).toBe(false);
  expect(watch.isStill(3, MINUTE + 5000)).toBe(false);
  expect(watch.isStill(3, 2 * MINUTE)).toBe(true);
  expect(watch.isStalled(0, 2 * MINUTE)).toBe(true);
});

test('one behind a long run is not, nor one that moves, nor an empty one', () => {
  const watch = new StallWatch();
  for (let at = 0; at <= 60 * MINUTE; at += MINUTE) {
    if (watch.isStill(2, at)) expect(watch.isStalled(1, at)).toBe(false);
    if (watch.isStill(at % 7, at)) expect(watch.isStalled(0, at)).toBe(false);
    expect(watch.isStill(0, at)).toBe(false);
  }
});
