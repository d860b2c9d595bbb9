import type { Clock } from './clock';
import { startInterval } from './interval';

/** A clock that moves when told to; `sleeps` are the waits asked for, `wake` ends the present one. */
function manualClock() {
  const sleeps: number[] = [];
  let time = 0;
  let wake: () => void = () => undefined;
  const clock: Clock = {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push(ms);
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => {
          resolve();
        });
        wake = () => {
          time += ms;
          resolve();
        };
      }),
  };
  return {
    clock,
    sleeps,
    pass: (ms: number) => {
      time += ms;
    },
    wake: async () => {
      wake();
      await new Promise(setImmediate);
    },
  };
}

const failNever = (error: unknown) => {
  throw error;
};

describe('startInterval', () => {
  it('counts from start to start, and not below zero', async () => {
    const { clock, sleeps, pass, wake } = manualClock();
    const durations = [30, 250];
    const run = () => {
      pass(durations.shift() ?? 0);
      return Promise.resolve();
    };
    const interval = startInterval({ name: 'scan', everyMs: 100, run, onError: failNever, clock });
    await wake();
    await wake();
    expect(sleeps).toEqual([100, 70, 0]);
    await interval.stop();
  });

  it('takes up to the jitter off each wait', async () => {
    const { clock, sleeps, wake } = manualClock();
    const run = () => Promise.resolve();
    const timing = { everyMs: 100, firstAfterMs: 0, jitter: 0.5 };
    const interval = startInterval({ name: 'scan', ...timing, run, onError: failNever, clock });
    await wake();
    expect(sleeps[0]).toBe(0);
    expect(sleeps[1]).toBeGreaterThanOrEqual(50);
    expect(sleeps[1]).toBeLessThanOrEqual(100);
    await interval.stop();
  });

  it('goes on after a tick that failed and tells of it', async () => {
    const { clock, sleeps, wake } = manualClock();
    const errors: unknown[] = [];
    const interval = startInterval({
      name: 'scan',
      everyMs: 100,
      run: () => Promise.reject(new Error('no database')),
      onError: (error, name) => errors.push([name, error]),
      clock,
    });
    await wake();
    expect(errors).toEqual([['scan', new Error('no database')]]);
    expect(sleeps).toHaveLength(2);
    await interval.stop();
  });

  it('waits for the running tick when it is stopped, and tells that tick', async () => {
    const { clock, wake } = manualClock();
    let told = false;
    let finish: () => void = () => undefined;
    const run = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => (told = true));
        finish = resolve;
      });
    const interval = startInterval({ name: 'scan', everyMs: 100, run, onError: failNever, clock });
    await wake();
    let isStopped = false;
    const stopped = interval.stop().then(() => (isStopped = true));
    await new Promise(setImmediate);
    expect([told, isStopped]).toEqual([true, false]);
    finish();
    await stopped;
  });

  it('stops at once between two ticks of the real clock', async () => {
    const run = () => Promise.resolve();
    await startInterval({ name: 'scan', everyMs: 60_000, run, onError: failNever }).stop();
  });
});
