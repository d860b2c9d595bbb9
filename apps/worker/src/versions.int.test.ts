import { listInstances } from '@avatarforge/db';
import { afterTests, eventually } from '@avatarforge/testing';
import { givenSystem, type System } from './fixtures/givenSystem';

let system: System;

beforeAll(async () => {
  system = await givenSystem({ version: '0.3.43' });
  const worker = await system.startWorker();
  afterTests(() => worker.release());
}, 60_000);

const instance = async () => (await listInstances(system.database))[0];

test('a ComfyUI too old to keep our ids draws one picture at a time, and says so', async () => {
  const { id } = await system.create({ count: 3 });
  const generation = await system.final(id, 30_000);
  expect(generation).toMatchObject({ status: 'completed', shotsDone: 3 });
  expect(await instance()).toMatchObject({
    health: 'ok',
    healthReason: expect.stringContaining('one prompt at a time') as string,
    systemStats: { version: '0.3.43' },
  });
  expect(system.sim.executions()).toHaveLength(3);
  const attempts = await system.database.query<{ dispatched_at: Date; executed_at: Date }>(
    'SELECT dispatched_at, executed_at FROM attempts ORDER BY dispatched_at',
  );
  for (const [n, { dispatched_at }] of attempts.entries()) {
    const before = attempts[n - 1]?.executed_at ?? dispatched_at;
    expect(dispatched_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  }
});

test.each(['0.3.64', '0.18.0', '0.33.0'] as const)(
  'the same instance, come back as %s, is a full member',
  async (version) => {
    await system.restartSim({ version });
    await eventually(
      async () => {
        const seen = await instance();
        return seen?.systemStats?.['version'] === version && seen.healthReason === null;
      },
      { timeoutMs: 20_000 },
    );
    const { id } = await system.create({ count: 2 });
    expect(await system.final(id)).toMatchObject({ status: 'completed', shotsDone: 2 });
    expect(system.sim.executions()).toHaveLength(2);
  },
);
