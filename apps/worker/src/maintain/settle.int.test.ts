import { newId } from '@avatarforge/core';
import { listLaneTimes, readLines } from '@avatarforge/db';
import { givenSystem, type System } from '../fixtures/givenSystem';
import { settle } from './settle';

let system: System;
let instanceId: string;

beforeAll(async () => {
  system = await givenSystem();
  instanceId = newId();
  await system.database.query(`INSERT INTO instances (id, url) VALUES ($1, 'http://one')`, [
    instanceId,
  ]);
  await system.database.query('INSERT INTO instance_leases (instance_id) VALUES ($1)', [
    instanceId,
  ]);
}, 60_000);
beforeEach(async () => {
  await system.database.query('TRUNCATE generations, accounts, lane_times CASCADE');
  await system.database.query('UPDATE pool SET virtual_time_ms = 0');
});

const owner = async (name: string) => {
  const id = newId();
  await system.database.query(`INSERT INTO users (id, name, role) VALUES ($1, $2, 'user')`, [
    id,
    `${name} ${id}`,
  ]);
  return id;
};

/** A shot of the owner, and an attempt at it. */
async function given(
  ownerId: string,
  attempt:
    | (Partial<Record<'state' | 'end_reason', string>> & {
        gpu_ms?: number;
        est_ms?: number;
        is_cold?: boolean;
      })
    | null,
) {
  const [generation, shot] = [newId(), newId()];
  await system.database.query(
    `INSERT INTO generations (id, owner_id, prompt, negative_prompt, inputs, workflow, shots_total)
       VALUES ($1, $2, '', '', '{}', 'x', 1)`,
    [generation, ownerId],
  );
  const status = attempt ? (attempt.state === 'stored' ? 'done' : 'active') : 'queued';
  await system.database.query(
    `INSERT INTO shots (id, generation_id, owner_id, ordinal, lane, requirement, status) VALUES ($1, $2, $3, 0, 'a', 'a', $4)`,
    [shot, generation, ownerId, status],
  );
  if (!attempt) return;
  const {
    state = 'stored',
    end_reason = null,
    gpu_ms = null,
    est_ms = 0,
    is_cold = false,
  } = attempt;
  await system.database.query(
    `INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state, end_reason, gpu_ms, est_ms, is_cold)
       VALUES ($1, $2, $3, 1, '', $4, $5, $6, $7, $8)`,
    [newId(), shot, instanceId, state, end_reason, gpu_ms, est_ms, is_cold],
  );
}

async function served(ownerId: string): Promise<number | undefined> {
  const [row] = await system.database.query<{ served_ms: number }>(
    'SELECT served_ms FROM accounts WHERE owner_id = $1',
    [ownerId],
  );
  return row?.served_ms;
}
const virtualTime = async () => {
  const [row] = await system.database.query<{ ms: number }>(
    'SELECT virtual_time_ms AS ms FROM pool',
  );
  return row?.ms;
};

test('what ran is charged once, however often and by however many it is settled', async () => {
  const ownerId = await owner('one');
  await given(ownerId, { gpu_ms: 700 });
  await Promise.all([1, 2, 3, 4].map(() => settle(system.database)));
  await settle(system.database);
  expect(await served(ownerId)).toBe(700);
});

test('the owner pays for a node that failed, and not for an instance that died', async () => {
  const [careless, unlucky] = [await owner('careless'), await owner('unlucky')];
  await given(careless, { state: 'ended', end_reason: 'node_error', gpu_ms: 500 });
  await given(unlucky, { state: 'ended', end_reason: 'instance_lost', gpu_ms: 500 });
  await settle(system.database);
  expect(await served(careless)).toBe(500);
  expect(await served(unlucky)).toBe(0);
});

test('nobody pays for loading models', async () => {
  const ownerId = await owner('first');
  await system.database.query(
    `INSERT INTO lane_times (instance_id, lane, run_ms, load_ms, runs) VALUES ($1, 'a', 1000, 4000, 5)`,
    [instanceId],
  );
  await given(ownerId, { gpu_ms: 5200, is_cold: true });
  await settle(system.database);
  expect(await served(ownerId)).toBe(1200);
});

test('what is open counts as estimated, and as it was when it is over', async () => {
  const ownerId = await owner('busy');
  await given(ownerId, { state: 'started', est_ms: 900 });
  await given(ownerId, null);
  await settle(system.database);
  expect((await readLines(system.database, [])).accounts).toMatchObject([{ servedMs: 900 }]);
  await system.database.query(`UPDATE attempts SET state = 'stored', gpu_ms = 300`);
  expect((await readLines(system.database, [])).accounts).toMatchObject([{ servedMs: 300 }]);
  await settle(system.database);
  expect((await readLines(system.database, [])).accounts).toMatchObject([{ servedMs: 300 }]);
});

test('who comes back from idling starts where the least served of the others is', async () => {
  const [busy, back] = [await owner('busy'), await owner('back')];
  await given(busy, { gpu_ms: 60_000 });
  await given(busy, { state: 'started', est_ms: 1000 });
  await settle(system.database);
  await settle(system.database);
  expect(await virtualTime()).toBe(61_000);

  await given(back, null);
  expect((await readLines(system.database, [])).accounts).toMatchObject([
    { ownerId: back, servedMs: 61_000 },
  ]);
  await settle(system.database);
  expect(await served(back)).toBe(61_000);
  await settle(system.database);
  expect(await served(back)).toBe(61_000);
});

test('who waits for what nothing can run holds the virtual time back for nobody', async () => {
  const [stuck, busy] = [await owner('stuck'), await owner('busy')];
  await given(stuck, null);
  await given(busy, { gpu_ms: 9000 });
  await given(busy, { state: 'started', est_ms: 1000 });
  await settle(system.database);
  expect(await virtualTime()).toBe(10_000);
});

test('what ran teaches how long such shots take', async () => {
  const ownerId = await owner('teacher');
  await given(ownerId, { gpu_ms: 2000 });
  await settle(system.database);
  expect(await listLaneTimes(system.database)).toMatchObject([
    { instanceId, lane: 'a', runMs: 2000, runs: 1 },
  ]);
  await given(ownerId, { gpu_ms: 2500, state: 'ended', end_reason: 'evicted' });
  await settle(system.database);
  expect(await listLaneTimes(system.database)).toMatchObject([{ runs: 1 }]);
});
