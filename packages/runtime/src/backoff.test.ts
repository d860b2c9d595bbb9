import { backoff } from './backoff';

describe('backoff', () => {
  it('grows by the factor up to the maximum', () => {
    const wait = backoff({ baseMs: 100, factor: 3, maxMs: 1000 });
    expect([0, 1, 2, 3, 5000].map(wait)).toEqual([100, 300, 900, 1000, 1000]);
  });

  it('takes at most the jitter off a wait', () => {
    const options = { baseMs: 100, maxMs: 1000, jitter: 0.25 };
    expect(backoff({ ...options, random: () => 0 })(1)).toBe(200);
    expect(backoff({ ...options, random: () => 1 })(1)).toBe(150);
  });
});
