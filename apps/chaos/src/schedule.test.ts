import { randomFrom } from '@avatarforge/pool-sim';
import type { Fault, World } from './faults';
import { startFaults } from './schedule';

const world = { random: randomFrom(1) } as World;
const options = { count: 12, everyMs: 1, onFault: () => undefined };

/** A kind that says what it does. */
function fault(kind: string, said: string[], strike: { busy: string; forMs: number }): Fault {
  return {
    kind,
    about: kind,
    aim: () => ({
      target: strike.busy,
      busy: [strike.busy],
      forMs: strike.forMs,
      begin: () => said.push(`${kind} begins`),
      end: () => said.push(`${kind} ends`),
    }),
  };
}

test('every kind comes about as often as every other, and all are taken back', async () => {
  const said: string[] = [];
  const kinds = ['a', 'b', 'c'].map((kind) => fault(kind, said, { busy: kind, forMs: 1 }));
  const faults = startFaults(world, kinds, options);
  await faults.made;
  await faults.mend();
  const made = faults.records.map(({ kind }) => kind);
  for (const kind of ['a', 'b', 'c']) {
    const count = made.filter((one) => one === kind).length;
    expect(count).toBeGreaterThanOrEqual(2);
    expect(said.filter((one) => one === `${kind} ends`)).toHaveLength(count);
  }
  expect(faults.records.every(({ from, to }) => to !== null && to >= from)).toBe(true);
});

test('what is being broken is not broken twice at once', async () => {
  const said: string[] = [];
  const kinds = ['a', 'b'].map((kind) => fault(kind, said, { busy: 'the same', forMs: 3 }));
  const faults = startFaults(world, kinds, options);
  await faults.made;
  await faults.mend();
  expect(said.length).toBeGreaterThanOrEqual(2 * options.count);
  said.forEach((line, index) => {
    expect(line).toMatch(index % 2 === 0 ? /begins$/ : /ends$/);
  });
});

test('a fault that hit nobody is not counted', async () => {
  let aims = 0;
  const vain: Fault = {
    kind: 'vain',
    about: '',
    aim: () => {
      aims += 1;
      const hit = aims % 2 === 0 ? 'somebody' : null;
      return { target: '', busy: [], forMs: 0, begin: () => undefined, hit: () => hit };
    },
  };
  const faults = startFaults(world, [vain], { ...options, count: 3 });
  await faults.made;
  expect(faults.records.map(({ target }) => target)).toEqual(Array(3).fill('somebody'));
  expect(aims).toBeGreaterThanOrEqual(6);
});

test('a fault that cannot be made, or not be taken back, ends the run and says which', async () => {
  const broken: Fault = {
    kind: 'broken',
    about: '',
    aim: () => ({
      target: 'disk',
      busy: [],
      forMs: 0,
      begin: () => undefined,
      end: () => Promise.reject(new Error('it stays')),
    }),
  };
  const faults = startFaults(world, [broken], { ...options, count: 1000 });
  await expect(faults.made).rejects.toThrow('broken of disk');
  await expect(faults.mend()).rejects.toThrow('broken of disk');
});
