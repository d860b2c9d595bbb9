import { burst, MODEL_MIX, simulate } from '@avatarforge/pool-sim';
import { scaledTrace, withRunsOf } from './scaledTrace';

const WHOLE = burst(MODEL_MIX, 50, 1);
const TRACE = scaledTrace(WHOLE, { by: 25, as: 'x' });

test('all times are shorter by as much, and no lane is called as one of another trace', () => {
  for (const [index, { arrivalMs, runMs, lane }] of TRACE.shots.entries()) {
    const whole = WHOLE.shots[index]!;
    expect(arrivalMs).toBe(whole.arrivalMs / 25);
    expect(runMs).toBe(Math.round(whole.runMs / 25));
    expect(lane).toBe(`x-${whole.lane}`);
    expect(TRACE.loadMs[lane]).toBe(Math.round(WHOLE.loadMs[whole.lane]! / 25));
  }
});

test('a trace with the run times of its own outcomes is the trace', () => {
  const again = withRunsOf(TRACE, simulate(TRACE));
  expect(again.shots.map(({ runMs }) => Math.round(runMs))).toEqual(
    TRACE.shots.map(({ runMs }) => runMs),
  );
});
