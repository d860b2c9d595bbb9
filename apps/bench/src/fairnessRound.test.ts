import { MODEL_MIX, oldestFirst, simulate } from '@avatarforge/pool-sim';
import { fairnessTraces, judgeFairness, ofEach } from './fairnessRound';

const MIX = { ...MODEL_MIX, owners: 1, models: 1 };
const TRACES = fairnessTraces(MIX, { shots: 200, seed: 1 });

test('the light owner asks for the same alone and beside the flood, and all of it is the same work', () => {
  const light = TRACES.beside.shots.filter(({ owner }) => owner === 'light');
  expect(light).toEqual(TRACES.alone.shots);
  expect(TRACES.blind.shots.map(({ runMs }) => runMs)).toEqual(
    TRACES.beside.shots.map(({ runMs }) => runMs),
  );
});

test('where nobody looks at owners, a light one waits for the whole flood', () => {
  const play = (hasFairness: boolean) =>
    judgeFairness(
      ofEach(TRACES, (trace) => ({
        trace,
        outcomes: hasFairness
          ? simulate(trace, { knowsTimes: true })
          : simulate(trace, { knowsTimes: true, policy: oldestFirst }),
      })),
    );
  expect(play(true).light_p50_ratio).toBeLessThan(play(false).light_p50_ratio / 5);
});
