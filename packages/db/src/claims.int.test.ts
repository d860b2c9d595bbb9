import { newId } from '@avatarforge/core';
import { claimShots, type ClaimChoice } from './claimRepository';
import type { Database } from './database';
import { givenDatabase, givenInstance, givenUser, readBacklog } from './fixtures/givenPool';
import type { Lease } from './leaseRepository';
import { insertGeneration } from './newGenerationRepository';

let db: Database;
let instance: { workerId: string; lease: Lease };

beforeAll(async () => {
  db = await givenDatabase();
});
beforeEach(async () => {
  await db.query('TRUNCATE generations CASCADE');
  await db.query(`UPDATE instances SET warm_lanes = '{}'`);
  instance = await givenInstance(db);
});

/** A queued shot; gives its id. */
async function givenShot(shot: {
  ownerId: string;
  lane?: string;
  requirement?: string;
  priority?: number;
}): Promise<string> {
  const { ownerId, lane = 'a', requirement = `needs-${lane}`, priority = 0 } = shot;
  const id = newId();
  await insertGeneration(db, {
    ...{ id: newId(), ownerId, prompt: '', negativePrompt: '', inputs: {}, workflow: 'x' },
    ...{ notes: [], request: {}, retryOf: null, files: [], priority },
    shots: [{ id, view: null, seed: 1, lane, requirement, graph: {}, uploads: [], avoid: [] }],
  });
  return id;
}

const choice = (ownerId: string, changed: Partial<ClaimChoice> = {}): ClaimChoice => ({
  ...{ requirement: 'needs-a', lane: 'a', ownerId, limit: 1, placement: 'warm', isCold: false },
  ...{ estMs: 1000, warmElsewhere: 0, ...changed },
});

const claim = (count: number, choices: ClaimChoice[], by = instance) =>
  claimShots(db, { ...by, clientId: 'test', count, choices });
const shotsOf = async (claimed: ReturnType<typeof claim>) =>
  (await claimed)?.map(({ shotId }) => shotId);
const warmLanes = async ({ lease } = instance) => {
  const [row] = await db.query<{ warm_lanes: string[] }>(
    'SELECT warm_lanes FROM instances WHERE id = $1',
    [lease.instanceId],
  );
  return row?.warm_lanes;
};

describe('a claim', () => {
  test('takes the choices in turn, from each no more than its limit', async () => {
    const [one, two] = [await givenUser(db), await givenUser(db)];
    const first = await givenShot({ ownerId: one });
    await givenShot({ ownerId: one });
    const second = await givenShot({ ownerId: two });
    expect(await shotsOf(claim(2, [choice(one), choice(two)]))).toEqual([first, second]);
  });

  test('takes no more than the slots, and goes on to the next choice where one is empty', async () => {
    const [none, owner] = [await givenUser(db), await givenUser(db)];
    const first = await givenShot({ ownerId: owner });
    await givenShot({ ownerId: owner });
    const choices = [choice(none), choice(owner, { limit: 5 })];
    expect(await shotsOf(claim(1, choices))).toEqual([first]);
  });

  test('takes of one owner the highest priority first, then the oldest', async () => {
    const ownerId = await givenUser(db);
    const old = await givenShot({ ownerId });
    const young = await givenShot({ ownerId });
    const urgent = await givenShot({ ownerId, priority: 1 });
    expect(await shotsOf(claim(3, [choice(ownerId, { limit: 3 })]))).toEqual([urgent, old, young]);
  });

  test('takes nothing for a drained or removed instance, nor for one that is full of what cannot be stored', async () => {
    const ownerId = await givenUser(db);
    await givenShot({ ownerId });
    const id = instance.lease.instanceId;
    await db.query('UPDATE instances SET drain = true WHERE id = $1', [id]);
    expect(await claim(1, [choice(ownerId)])).toEqual([]);
    await db.query('UPDATE instances SET drain = false, removed_at = now() WHERE id = $1', [id]);
    expect(await claim(1, [choice(ownerId)])).toEqual([]);

    await db.query('UPDATE instances SET removed_at = NULL WHERE id = $1', [id]);
    await db.query(
      `WITH drawn AS (
         INSERT INTO shots (id, generation_id, owner_id, ordinal, lane, status)
           SELECT gen_random_uuid(), generation_id, owner_id, n, 'a', 'active' FROM shots, generate_series(1, 50) n
           RETURNING id
       )
       INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state)
         SELECT gen_random_uuid(), id, $1, 1, '', 'executed' FROM drawn`,
      [id],
    );
    expect(await claim(1, [choice(ownerId)])).toEqual([]);
    await db.query(
      `UPDATE attempts SET state = 'stored' WHERE shot_id IN (SELECT id FROM shots WHERE ordinal = 50)`,
    );
    expect(await claim(1, [choice(ownerId)])).toHaveLength(1);
  });

  test('leaves what is reserved to the instance that it is reserved for', async () => {
    const ownerId = await givenUser(db);
    const shotId = await givenShot({ ownerId });
    const other = await givenInstance(db);
    await db.query(
      `UPDATE shots SET reserved_for = $2, reserved_until = now() + interval '1 min' WHERE id = $1`,
      [shotId, other.lease.instanceId],
    );
    expect(await claim(1, [choice(ownerId)])).toEqual([]);
    expect(await shotsOf(claim(1, [choice(ownerId)], other))).toEqual([shotId]);
  });

  test('notes why and for how long, and what the instance has in memory from then on', async () => {
    const ownerId = await givenUser(db);
    await givenShot({ ownerId });
    await givenShot({ ownerId, lane: 'b' });
    await givenShot({ ownerId, lane: 'none' });
    const choices = ['a', 'b', 'none'].map((lane) =>
      choice(ownerId, { lane, requirement: `needs-${lane}`, isCold: true, placement: 'switch' }),
    );
    const claimed = await claim(3, choices);
    const attempts = await db.query(
      'SELECT placement, is_cold, est_ms FROM attempts WHERE id = ANY ($1) ORDER BY array_position($1::uuid[], id)',
      [claimed?.map(({ attemptId }) => attemptId)],
    );
    const made = { placement: 'switch', est_ms: 1000 };
    expect(attempts).toEqual([
      { ...made, is_cold: true },
      { ...made, is_cold: true },
      { ...made, is_cold: false },
    ]);
    expect(await warmLanes()).toEqual(['b']);
  });

  test('two instances do not both load the models for one waiting shot', async () => {
    const ownerId = await givenUser(db);
    await givenShot({ ownerId });
    await givenShot({ ownerId });
    const cold = choice(ownerId, { isCold: true, placement: 'switch' });
    const other = await givenInstance(db);
    const claims = await Promise.all([claim(1, [cold]), claim(1, [cold], other)]);
    expect(claims.map((claimed) => claimed?.length).toSorted()).toEqual([0, 1]);
    expect(await claim(1, [{ ...cold, warmElsewhere: 1 }], other)).toHaveLength(1);
  });
});

describe('the backlog', () => {
  test('tells for each requirement and owner how many wait, and for how long', async () => {
    const [one, two] = [await givenUser(db), await givenUser(db)];
    await givenShot({ ownerId: one });
    await givenShot({ ownerId: one, priority: 3 });
    await givenShot({ ownerId: two, lane: 'b' });
    const { lines, requirements } = await readBacklog(db);
    const of = (ownerId: string) => lines.find((line) => line.ownerId === ownerId);
    expect(of(one)).toMatchObject({ requirement: 'needs-a', lane: 'a', waiting: 2, priority: 3 });
    expect(of(two)).toMatchObject({ requirement: 'needs-b', lane: 'b', waiting: 1, priority: 0 });
    expect(requirements.map(({ requirement, waiting }) => [requirement, waiting])).toEqual([
      ['needs-a', 2],
      ['needs-b', 1],
    ]);
  });

  test('does not hold what may not be tried again yet', async () => {
    const ownerId = await givenUser(db);
    await givenShot({ ownerId });
    await db.query(`UPDATE shots SET not_before = now() + interval '1 min'`);
    expect(await readBacklog(db)).toMatchObject({ lines: [], requirements: [] });
  });

  test('counts what is claimed as served, as estimated; who was idle starts from the virtual time', async () => {
    const [old, back, fresh] = [await givenUser(db), await givenUser(db), await givenUser(db)];
    for (const ownerId of [old, old, back, fresh]) await givenShot({ ownerId });
    await db.query('UPDATE pool SET virtual_time_ms = 5000');
    await db.query(
      `INSERT INTO accounts (owner_id, weight, served_ms, was_waiting) VALUES ($1, 2, 8000, true), ($2, 1, 100, false)`,
      [old, back],
    );
    await claim(1, [choice(old, { estMs: 700 })]);
    const { accounts, virtualTimeMs } = await readBacklog(db);
    expect(virtualTimeMs).toBe(5000);
    const of = (ownerId: string) => accounts.find((account) => account.ownerId === ownerId);
    expect(of(old)).toMatchObject({ weight: 2, servedMs: 8700 });
    expect(of(back)).toMatchObject({ weight: 1, servedMs: 5000 });
    expect(of(fresh)).toMatchObject({ weight: 1, servedMs: 5000 });
  });
});
