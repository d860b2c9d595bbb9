import fc from 'fast-check';
import { nextLeaseMove } from './leaseShare';

/** Workers that each act on what they see, one after the other, until nobody moves. Gives what each holds. */
function settle(instances: number, holdings: number[]): number[] {
  const held = [...holdings];
  for (let round = 0; round < 10 * (instances + held.length); round++) {
    let isQuiet = true;
    for (const [who, mine] of held.entries()) {
      const others = held.filter((_, other) => other !== who);
      const { take, giveUp } = nextLeaseMove({ instances, mine, others });
      if (take > 0 || giveUp) isQuiet = false;
      held[who] = mine + take - Number(giveUp);
    }
    if (isQuiet) return held;
  }
  throw new Error(`never quiet: ${String(instances)} instances, ${JSON.stringify(holdings)}`);
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

test('one worker takes the whole pool', () => {
  expect(settle(5, [0])).toEqual([5]);
});

test('a second worker gets half of what the first holds', () => {
  expect(settle(4, [4, 0])).toEqual([2, 2]);
});

test('who comes last is not left with nothing while another has two', () => {
  expect(settle(4, [2, 2, 0]).toSorted()).toEqual([1, 1, 2]);
});

test('more workers than instances: nobody holds two, and nobody fights', () => {
  expect(settle(3, [3, 0, 0, 0, 0]).toSorted()).toEqual([0, 0, 1, 1, 1]);
});

test('however they begin, they come to rest with everything held and evenly', () => {
  const beginning = fc
    .tuple(fc.nat(40), fc.array(fc.nat(40), { minLength: 1, maxLength: 9 }))
    .filter(([instances, held]) => sum(held) <= instances);
  fc.assert(
    fc.property(beginning, ([instances, holdings]) => {
      const held = settle(instances, holdings);
      expect(sum(held)).toBe(instances);
      expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
    }),
  );
});

test('nobody takes more than is free', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.array(fc.nat(40)), (instances, mine, others) => {
      const { take } = nextLeaseMove({ instances, mine, others });
      expect(take).toBeLessThanOrEqual(Math.max(0, instances - mine - sum(others)));
    }),
  );
});
