import { DeadlineError, withDeadline } from './deadline';

describe('withDeadline', () => {
  it('hands through a result and an error that come in time', async () => {
    await expect(withDeadline(() => Promise.resolve(7), 1000, 'read')).resolves.toBe(7);
    const failing = () => Promise.reject(new Error('refused'));
    await expect(withDeadline(failing, 1000, 'read')).rejects.toThrow('refused');
  });

  it('rejects at the deadline and aborts the signal, though the work does not obey', async () => {
    let seen: AbortSignal | undefined;
    const ignoring = (signal: AbortSignal) => {
      seen = signal;
      return new Promise(() => undefined);
    };
    const expected = new DeadlineError('read', 5);
    await expect(withDeadline(ignoring, 5, 'read')).rejects.toEqual(expected);
    expect(seen?.reason).toEqual(expected);
  });
});
