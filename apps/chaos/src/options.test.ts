import { parseOptions } from './options';

test('without arguments a run of some minutes on the disk', () => {
  expect(parseOptions([])).toEqual({
    ...{ generations: 300, faults: 20, seed: 1, every: 5, calm: 15 },
    ...{ storage: 'disk', kinds: null, canary: null, json: null },
  });
});

test('every argument is taken', () => {
  const args = '--generations 10 --faults 0 --seed 7 --every 0.5 --calm 0 --storage s3';
  const more = '--kinds zombie,link_cut --canary rerun-one --json out.json';
  expect(parseOptions(`${args} ${more}`.split(' '))).toEqual({
    ...{ generations: 10, faults: 0, seed: 7, every: 0.5, calm: 0 },
    ...{ storage: 's3', kinds: ['zombie', 'link_cut'], canary: 'rerun-one', json: 'out.json' },
  });
});

test.each([
  [['--faults', 'many'], '--faults must be a number of 0 or more, not "many"'],
  [['--seed', ''], '--seed must be a number of 0 or more, not ""'],
  [['--every', '-1'], '--every'],
  [['--storage', 'tape'], '--storage must be one of disk, s3, not "tape"'],
  [['--canary', 'sing'], '--canary must be one of lose-one, duplicate-one, rerun-one'],
  [['--fault', '1'], '--fault'],
])('%j is refused: %s', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
