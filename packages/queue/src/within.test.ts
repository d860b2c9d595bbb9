import { within } from './within';

describe('within', () => {
  const never = new Promise<string>(() => undefined);

  it('hands through what comes in time', async () => {
    await expect(within(Promise.resolve('x'), 1000)).resolves.toBe('x');
    await expect(within(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
  });

  it('is null after the time and at the abort', async () => {
    await expect(within(never, 5)).resolves.toBeNull();
    const controller = new AbortController();
    const waiting = within(never, 60_000, controller.signal);
    controller.abort();
    await expect(waiting).resolves.toBeNull();
  });
});
