import { endAttempt, listInstances, type InstanceHealth } from '@avatarforge/db';
import { afterTests, eventually } from '@avatarforge/testing';
import { givenSystem, type System } from './fixtures/givenSystem';

let system: System;

beforeAll(async () => {
  system = await givenSystem();
}, 60_000);

async function queueOf(url: string): Promise<{ running: number; pending: number }> {
  const queue = (await (await fetch(`${url}/queue`)).json()) as Record<string, unknown[]>;
  return {
    running: queue['queue_running']?.length ?? 0,
    pending: queue['queue_pending']?.length ?? 0,
  };
}

const instance = async () => (await listInstances(system.database))[0];
const reason = async () => (await instance())?.healthReason;
const untilHealth = (health: InstanceHealth) =>
  eventually(async () => (await instance())?.health === health, { timeoutMs: 20_000 });

test('an instance that hangs on a prompt of ours gets no more, from a new worker either, until it is restarted', async () => {
  system.sim.faults.add({ kind: 'zombie_worker', times: 1 });
  const first = await system.startWorker();
  const { id } = await system.create({});
  const [attempt] = await eventually(async () => {
    const rows = await system.database.query<{ id: string; epoch: string }>(
      `SELECT id, driver_epoch AS epoch FROM attempts WHERE state = 'started'`,
    );
    return rows.length > 0 && rows;
  });
  await first.release();
  await endAttempt(system.database, { ...attempt!, reason: 'hang' });

  const second = await system.startWorker();
  afterTests(() => second.release());
  await untilHealth('quarantined');
  expect(await reason()).toBe(
    'A prompt that nobody waits for any more still runs. It gets no other prompt before that one has ended.',
  );
  expect(await queueOf(system.simUrl())).toEqual({ running: 1, pending: 0 });

  await system.restartSim();
  expect(await system.final(id, 25_000)).toMatchObject({ status: 'completed' });
  expect(await listInstances(system.database)).toMatchObject([
    { health: 'ok', healthReason: null },
  ]);
});
