import { drawSeed, seedOfShot } from './seeds';

test('seeds are safe integers and differ', () => {
  const seeds = Array.from({ length: 100 }, drawSeed);
  expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  expect(new Set(seeds).size).toBe(100);
});

test('shots count up from the seed and wrap where JSON numbers end', () => {
  expect([0, 1, 2].map((n) => seedOfShot(41, n))).toEqual([41, 42, 43]);
  expect(seedOfShot(Number.MAX_SAFE_INTEGER, 1)).toBe(0);
});
