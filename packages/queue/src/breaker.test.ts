import { createBreaker } from './breaker';

describe('createBreaker', () => {
  const ok = () => Promise.resolve('ok');
  const fail = () => Promise.reject(new Error('no answer'));

  function openedBreaker() {
    let time = 0;
    const breaker = createBreaker({ failures: 2, openMs: 100, now: () => time });
    return { breaker, pass: (ms: number) => (time += ms) };
  }

  it('opens after so many failures in a row and refuses without calling', async () => {
    const { breaker } = openedBreaker();
    await expect(breaker.run(fail)).rejects.toThrow('no answer');
    await expect(breaker.run(ok)).resolves.toBe('ok');
    await expect(breaker.run(fail)).rejects.toThrow('no answer');
    expect(breaker.isOpen()).toBe(false);
    await expect(breaker.run(fail)).rejects.toThrow('no answer');
    expect(breaker.isOpen()).toBe(true);
    await expect(breaker.run(fail)).resolves.toBe('refused');
  });

  it('lets one call probe, and closes when it succeeds', async () => {
    const { breaker, pass } = openedBreaker();
    await expect(breaker.run(fail)).rejects.toThrow();
    await expect(breaker.run(fail)).rejects.toThrow();
    pass(100);
    const probe = breaker.run(ok);
    await expect(breaker.run(ok)).resolves.toBe('refused');
    await expect(probe).resolves.toBe('ok');
    await expect(breaker.run(ok)).resolves.toBe('ok');
  });

  it('opens again when the probe fails', async () => {
    const { breaker, pass } = openedBreaker();
    await expect(breaker.run(fail)).rejects.toThrow();
    await expect(breaker.run(fail)).rejects.toThrow();
    pass(100);
    await expect(breaker.run(fail)).rejects.toThrow('no answer');
    await expect(breaker.run(ok)).resolves.toBe('refused');
  });
});
