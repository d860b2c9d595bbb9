import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@avatarforge/core';
import { listInstances } from '@avatarforge/db';
import { cancelGeneration, getGeneration } from '@avatarforge/services';
import { eventually, startProxy } from '@avatarforge/testing';
import { givenFile, givenSystem, type System } from './fixtures/givenSystem';

const TEST_IMAGE = join(__dirname, '../../../docs/examples/test_image.png');
/** So many steps take the simulator of these tests longer than any of them. */
const LONG = { steps: 150 };

let system: System;

beforeAll(async () => {
  system = await givenSystem({ stepMs: 200 });
}, 60_000);

/** The generation's attempts, as ComfyUI and the database know them, oldest first. */
function attemptsOf(generationId: string) {
  return system.database.query<{ id: string; state: string; end_reason: string | null }>(
    `SELECT a.id, a.state, a.end_reason, a.dispatching_at IS NOT NULL AS was_sent FROM attempts a JOIN shots s ON s.id = a.shot_id
       WHERE s.generation_id = $1 ORDER BY a.claimed_at`,
    [generationId],
  );
}

const runsOf = async (generationId: string) => {
  const ids = (await attemptsOf(generationId)).map(({ id }) => id);
  return system.sim.executions().filter((run) => ids.includes(run.prompt_id));
};

const untilRunning = (generationId: string) =>
  eventually(async () => (await runsOf(generationId)).some((run) => run.ended_at === null));

/** Ids of what waits on the instance. */
async function pending(): Promise<string[]> {
  const answer = await fetch(`${system.simUrl()}/queue`);
  const { queue_pending } = (await answer.json()) as { queue_pending: [number, string][] };
  return queue_pending.map(([, id]) => id);
}

/** Ids of what the instance has run and still knows of. */
async function remembered(): Promise<string[]> {
  const answer = await fetch(`${system.simUrl()}/history`);
  return Object.keys((await answer.json()) as object);
}

/** All that was told of a generation; what is relayed already, and what is still to be. */
const events = async (generationId: string) => {
  const rows = await system.database.query<{ event: string }>(
    `SELECT event, (body #>> '{data,seq}')::int AS seq FROM events WHERE generation_id = $1
     UNION ALL SELECT event, seq FROM outbox WHERE generation_id = $1 ORDER BY seq`,
    [generationId],
  );
  return rows.map(({ event }) => event);
};

/** Waits until the workers have renewed their leases twice: whatever was written before, they have read. */
async function untilRenewed(): Promise<void> {
  const renewal = async () => {
    const [lease] = await system.database.query<{ until: Date }>(
      'SELECT max(expires_at) AS until FROM instance_leases',
    );
    return lease!.until.getTime();
  };
  for (let times = 0; times < 2; times += 1) {
    const before = await renewal();
    await eventually(async () => (await renewal()) > before);
  }
}

const reasonOf = async () => (await listInstances(system.database))[0]?.healthReason;

async function expectDrawing() {
  const { id } = await system.create({ steps: 1 });
  expect(await system.final(id)).toMatchObject({ status: 'completed' });
}

describe('a cancel', () => {
  test('of what waits takes effect at once', async () => {
    const { id } = await system.create({ count: 2 });
    expect(await system.cancel(id)).toMatchObject({ status: 'cancelled' });
    const worker = await system.startWorker();
    await expectDrawing();
    expect(await attemptsOf(id)).toEqual([]);
    await worker.release();
  });

  test('takes what is prefetched out of the queue, stops what runs, and frees both slots', async () => {
    const worker = await system.startWorker();
    const first = await system.create(LONG);
    await untilRunning(first.id);
    const second = await system.create(LONG);
    await eventually(async () => {
      const [attempt] = await attemptsOf(second.id);
      return (await pending()).some((id) => id === attempt?.id);
    });

    expect(await system.cancel(second.id)).toMatchObject({ status: 'queued' });
    expect(await system.final(second.id)).toMatchObject({ status: 'cancelled' });
    expect(await pending()).toEqual([]);
    expect(await runsOf(first.id)).toMatchObject([{ outcome: null }]);

    await system.cancel(first.id);
    expect(await system.final(first.id)).toMatchObject({ status: 'cancelled', outputs: [] });
    expect(await runsOf(first.id)).toMatchObject([{ outcome: 'interrupted' }]);
    expect(await runsOf(second.id)).toEqual([]);
    for (const { id } of [first, second]) {
      expect(await attemptsOf(id)).toMatchObject([{ state: 'ended', end_reason: 'cancelled' }]);
    }
    await eventually(async () => (await remembered()).length === 0);
    await expectDrawing();
    await worker.release();
  });

  test('of what waits for its inputs keeps it from being sent', async () => {
    const proxy = await startProxy(system.simUrl());
    const worker = await system.startWorker({ COMFYUI_URLS: proxy.url });
    await expectDrawing();
    const bytes = await readFile(TEST_IMAGE);
    const file = { id: newId(), bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    await givenFile(system, file);
    proxy.freeze();
    const { id } = await system.create({ reference_file_id: file.id, allow_fallback: true });
    await eventually(async () => (await attemptsOf(id))[0]?.state === 'claimed');
    await system.cancel(id);
    await untilRenewed();
    proxy.thaw();
    expect(await system.final(id)).toMatchObject({ status: 'cancelled' });
    expect(await attemptsOf(id)).toMatchObject([{ state: 'ended', was_sent: false }]);
    await worker.release();
  });

  test('keeps the views that are done', async () => {
    const { id } = await system.create({ views: ['front', 'back', 'side', 'quarter'], steps: 1 });
    await system.database.query(
      `UPDATE shot_graphs SET graph = jsonb_set(graph, '{3,inputs,steps}', '150')
         WHERE shot_id IN (SELECT id FROM shots WHERE generation_id = $1 AND ordinal >= 2)`,
      [id],
    );
    const worker = await system.startWorker();
    const { ctx } = system;
    await eventually(async () => (await getGeneration(system, { ctx, id })).shotsDone === 2);
    await system.cancel(id);
    const { status, outputs } = await system.final(id);
    expect(status).toBe('cancelled');
    expect(outputs.map(({ view }) => view)).toEqual(['front', 'back']);
    await worker.release();
  });

  test('is too late for what is drawn and not stored yet', async () => {
    const fault = system.sim.faults.add({
      kind: 'http_error',
      status: 503,
      match: { path: '/view' },
    });
    const worker = await system.startWorker();
    const { id } = await system.create({ steps: 1 });
    await eventually(async () => (await attemptsOf(id))[0]?.state === 'executed');
    await expect(system.cancel(id)).rejects.toMatchObject({ code: 'too_late' });
    system.sim.faults.remove(fault);
    expect(await system.final(id)).toMatchObject({ status: 'completed', outputs: [{}] });
    await expect(system.cancel(id)).rejects.toMatchObject({ code: 'wrong_state' });
    await worker.release();
  });

  test('while no worker lives is carried out by the next one', async () => {
    const first = await system.startWorker();
    const { id } = await system.create(LONG);
    await untilRunning(id);
    await first.release();
    await system.cancel(id);
    const second = await system.startWorker();
    expect(await system.final(id)).toMatchObject({ status: 'cancelled' });
    expect(await runsOf(id)).toMatchObject([{ outcome: 'interrupted' }]);
    expect(await attemptsOf(id)).toMatchObject([{ end_reason: 'cancelled' }]);
    await second.release();
  });

  test('by two at once is one', async () => {
    const worker = await system.startWorker();
    const { id } = await system.create(LONG);
    await untilRunning(id);
    await Promise.all([system.cancel(id), system.cancel(id)]);
    await system.final(id);
    expect(await events(id)).toEqual([
      'generation.queued',
      'generation.started',
      'generation.cancelled',
    ]);
    await worker.release();
  });

  test('needs its scope, and a generation of the caller', async () => {
    const { id } = await system.create({});
    const { database, ctx } = system;
    for (const unknown of ['x', newId()]) {
      await expect(system.cancel(unknown)).rejects.toMatchObject({ code: 'not_found' });
    }
    const stranger = { ...ctx, userId: newId() };
    await expect(cancelGeneration({ database }, { ctx: stranger, id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const reader = { ...ctx, scopes: ['generations:read'] as const };
    await expect(cancelGeneration({ database }, { ctx: reader, id })).rejects.toMatchObject({
      code: 'insufficient_scope',
    });
    expect(await system.cancel(id)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a cancelled run', () => {
  test('that does not stop is given up after ten seconds, and its instance draws nothing until it is gone', async () => {
    system.sim.faults.add({ kind: 'node_hang', times: 1 });
    const worker = await system.startWorker();
    const { id } = await system.create(LONG);
    await untilRunning(id);
    await system.cancel(id);
    expect(await system.final(id, 20_000)).toMatchObject({ status: 'cancelled' });
    expect(await attemptsOf(id)).toMatchObject([{ end_reason: 'cancel_ignored' }]);
    await eventually(
      async () => (await listInstances(system.database))[0]?.health === 'quarantined',
    );
    expect(await reasonOf()).toBe(
      'ComfyUI did not stop drawing a picture that was cancelled. It gets no other prompt before that one has ended.',
    );
    const next = await system.create({ steps: 1 });
    await system.restartSim();
    expect(await system.final(next.id, 25_000)).toMatchObject({ status: 'completed' });
    expect(await attemptsOf(next.id)).toHaveLength(1);
    expect(await reasonOf()).toBeNull();
    await worker.release();
  }, 60_000);

  test('that dies with its instance is not drawn again', async () => {
    system.sim.faults.add({ kind: 'node_hang', times: 1 });
    const worker = await system.startWorker();
    const { id } = await system.create(LONG);
    await untilRunning(id);
    await system.cancel(id);
    await system.restartSim();
    expect(await system.final(id, 20_000)).toMatchObject({ status: 'cancelled' });
    expect(await attemptsOf(id)).toHaveLength(1);
    expect(await runsOf(id)).toEqual([]);
    await expectDrawing();
    await worker.release();
  }, 60_000);

  test('that an old ComfyUI cannot stop alone is waited for, and its picture is dropped', async () => {
    await system.restartSim({ version: '0.3.43' });
    const worker = await system.startWorker();
    const { id } = await system.create({ steps: 20 });
    await eventually(() => system.sim.executions().some((run) => run.ended_at === null));
    await system.cancel(id);
    expect(await system.final(id)).toMatchObject({ status: 'cancelled', outputs: [] });
    expect(system.sim.executions()).toMatchObject([{ outcome: 'success' }]);
    await worker.release();
  }, 60_000);
});
