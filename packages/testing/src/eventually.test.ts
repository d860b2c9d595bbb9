import { eventually } from './eventually';

describe('eventually', () => {
  it('returns what the condition gives once it holds', async () => {
    const answers = [false, null, 7];
    await expect(eventually(() => answers.shift(), { everyMs: 1 })).resolves.toBe(7);
  });

  it('tries again after an error, and throws the last one at the end', async () => {
    let tries = 0;
    const failing = () => Promise.reject(new Error(`try ${++tries}`));
    await expect(eventually(failing, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow(/try \d+/);
    expect(tries).toBeGreaterThan(1);
  });

  it('says what it was left with', async () => {
    const waiting = eventually(() => null, { timeoutMs: 2, everyMs: 1 });
    await expect(waiting).rejects.toThrow('still null after 2 ms');
  });

  it('takes a passing block of expectations as holding', async () => {
    await eventually(() => {
      expect(1).toBe(1);
    });
  });
});
