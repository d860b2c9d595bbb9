import { cached } from './cached';

test('those who ask within the time share one answer, and the next is asked after it', async () => {
  let time = 0;
  let asked = 0;
  const ask = cached(
    1000,
    () => Promise.resolve(++asked),
    () => time,
  );
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  time = 1000;
  expect(await ask()).toBe(1);
  time = 1001;
  expect(await ask()).toBe(2);
});

test('what failed is told to all who waited for it, and asked again by the next', async () => {
  let asked = 0;
  const ask = cached(1000, () =>
    ++asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve(asked),
  );
  const answers = await Promise.allSettled([ask(), ask()]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask()).toBe(2);
});
