import { tableOf, targetsOf, valuesOf, type BenchResult } from './bench';

const RESULT: BenchResult = {
  burst: [
    { name: 'ratio', measured: 1.0349, target: { atMost: 1.05 } },
    { name: 'live_to_simulated', measured: 1.2, target: { atLeast: 0.9, atMost: 1.1 } },
    { name: 'loads', measured: 14 },
  ],
  rss_mb: { name: '', measured: 195.9021, target: { atLeast: 1 } },
  lost: { name: '', measured: NaN, target: { atMost: 0 } },
};

test('values go under their group and name, a figure alone under its group', () => {
  expect(valuesOf(RESULT)).toEqual({
    burst: { ratio: 1.0349, live_to_simulated: 1.2, loads: 14 },
    rss_mb: 195.9021,
    lost: NaN,
  });
});

test('a target says which figure it is of and whether it holds; what could not be measured holds none', () => {
  expect(targetsOf(RESULT)).toEqual([
    { figure: 'burst.ratio', atMost: 1.05, holds: true },
    { figure: 'burst.live_to_simulated', atLeast: 0.9, atMost: 1.1, holds: false },
    { figure: 'rss_mb', atLeast: 1, holds: true },
    { figure: 'lost', atMost: 0, holds: false },
  ]);
});

test('the table shows each figure beside its target', () => {
  expect(tableOf(RESULT).split('\n')).toEqual([
    '                           measured  target',
    'burst   ratio              1.035     ≤ 1.05  holds',
    'burst   live_to_simulated  1.2       ≥ 0.9, ≤ 1.1  MISSED',
    'burst   loads              14',
    'rss_mb                     195.902   ≥ 1  holds',
    'lost                       NaN       ≤ 0  MISSED',
  ]);
});
