import { modelOperations, modelSeed } from '../fixtures/config';
import { createChance } from '../fixtures/fileModel/chance';
import { findFlaws, findLeaks } from '../fixtures/fileModel/checks';
import { runActors } from '../fixtures/fileModel/run';
import { givenWorld } from '../fixtures/fileModel/world';

const ROUND = 1000;
const operations = modelOperations();
const seed = modelSeed();
/** For a machine that is busy with other tests. */
const MAX_MS_PER_OPERATION = 60;

test(
  `${operations} operations by actors that die and sleep (seed ${seed}): no bytes lost, deleted early or left over`,
  async () => {
    const world = await givenWorld(createChance(seed));
    for (let done = 0; done < operations; done += ROUND) {
      world.doesTimePass = (done / ROUND) % 2 === 1;
      await runActors(world, Math.min(ROUND, operations - done));
      expect({ done, flaws: await findFlaws(world) }).toEqual({ done, flaws: [] });
      expect({ done, leaks: await findLeaks(world) }).toEqual({ done, leaks: [] });
    }
  },
  operations * MAX_MS_PER_OPERATION,
);
