import { createComfySim, type ComfySim } from '@avatarforge/comfy-sim';
import { newId } from '@avatarforge/core';
import { listInstances, readDeploymentId, type InstanceHealth } from '@avatarforge/db';
import type { Releasers } from '@avatarforge/runtime';
import { afterTests, eventually, testStorageDir } from '@avatarforge/testing';
import { givenSystem, type System } from './fixtures/givenSystem';

/** So many steps take the simulator longer than any test. */
const LONG = { steps: 150 };
const SLOWLY = { timeoutMs: 25_000 };

let system: System;
let second: ComfySim;
let secondUrl: string;
let worker: Releasers | null = null;

beforeAll(async () => {
  system = await givenSystem({ stepMs: 100 });
  const directory = await testStorageDir();
  second = createComfySim({ port: 0, stepMs: 5, loadMs: 20, directory });
  secondUrl = (await second.start()).url;
  afterTests(() => second.stop());
}, 60_000);

beforeEach(async () => {
  await system.restartSim();
  second.faults.clear();
  await system.database.query('UPDATE instances SET troubles = 0, retry_at = NULL');
});

afterEach(async () => {
  await worker?.release();
  worker = null;
});

const startWorker = async (...urls: string[]) => {
  worker = await system.startWorker({ COMFYUI_URLS: urls.join(',') });
};
const startWorkerOnBoth = () => startWorker(system.simUrl(), secondUrl);
const startWorkerOnFirst = () => startWorker(system.simUrl());

/** A graph that takes a node of its own, so that faults can be meant for it. */
const slowGraph = (delay = 0.01, steps = 2) => ({
  1: {
    class_type: 'EmptyImage',
    inputs: { width: 64, height: 64, batch_size: 1, color: 255 },
  },
  2: { class_type: 'LabSlow', inputs: { image: ['1', 0], steps, delay, seed: Date.now() } },
  3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'x' } },
});

interface AttemptRow {
  id: string;
  state: string;
  end_reason: string | null;
  url: string;
}

/** The generation's attempts, oldest first. */
const attemptsOf = (generationId: string) =>
  system.database.query<AttemptRow>(
    `SELECT a.id, a.state, a.end_reason, i.url FROM attempts a
       JOIN shots s ON s.id = a.shot_id JOIN instances i ON i.id = a.instance_id
       WHERE s.generation_id = $1 ORDER BY a.claimed_at`,
    [generationId],
  );

const reasonsOf = async (generationId: string) =>
  (await attemptsOf(generationId)).map(({ end_reason }) => end_reason);

const runsOf = (ids: string[]) =>
  [...system.sim.executions(), ...second.executions()].filter(({ prompt_id }) =>
    ids.includes(prompt_id),
  );

const untilRunning = (generationId: string) =>
  eventually(async () => {
    const attempts = await attemptsOf(generationId);
    return attempts.find(({ state }) => state === 'started') ?? null;
  }, SLOWLY);

const untilHealth = (health: InstanceHealth, url = system.simUrl()) =>
  eventually(async () => {
    const found = (await listInstances(system.database)).find((seen) => seen.url === url);
    return found?.health === health && found;
  }, SLOWLY);

async function queue(): Promise<string[]> {
  const answer = await fetch(`${system.simUrl()}/queue`);
  const { queue_running, queue_pending } = (await answer.json()) as Record<
    'queue_running' | 'queue_pending',
    [number, string][]
  >;
  return [...queue_running, ...queue_pending].map(([, id]) => id);
}

async function historyHas(id: string): Promise<boolean> {
  const history = (await (await fetch(`${system.simUrl()}/history/${id}`)).json()) as object;
  return Object.keys(history).length > 0;
}

test('what kills two instances is drawn no more, and what waited behind it is drawn', async () => {
  const kill = {
    kind: 'crash',
    at: 'node.run',
    down_ms: 500,
    times: 1,
    match: { node_class: 'ImageInvert' },
  } as const;
  system.sim.faults.add(kill);
  second.faults.add(kill);
  await startWorkerOnBoth();
  await eventually(async () => (await listInstances(system.database)).length === 2);
  const poison = await system.create({
    graph: {
      ...slowGraph(0.2, 5),
      3: { class_type: 'ImageInvert', inputs: { image: ['2', 0] } },
      4: { class_type: 'SaveImage', inputs: { images: ['3', 0], filename_prefix: 'x' } },
    },
  });
  await untilRunning(poison.id);
  const others = await Promise.all([1, 2, 3].map((seed) => system.create({ seed, steps: 1 })));
  expect(await system.final(poison.id, 40_000)).toMatchObject({
    status: 'failed',
    error: { code: 'poison' },
  });
  const deaths = (await attemptsOf(poison.id)).filter(
    ({ end_reason }) => end_reason === 'instance_lost',
  );
  expect(deaths).toHaveLength(2);
  expect(new Set(deaths.map(({ url }) => url)).size).toBe(2);
  for (const { id } of others) {
    expect(await system.final(id, 40_000)).toMatchObject({ status: 'completed' });
  }
  const [blamed] = await system.database.query<{ count: number }>(
    'SELECT count(*)::int FROM shots WHERE tries > 0 AND generation_id = ANY ($1)',
    [others.map(({ id }) => id)],
  );
  expect(blamed).toEqual({ count: 0 });
}, 90_000);

test('an instance that died while it drew is tried with one prompt, and well after a picture', async () => {
  await startWorkerOnFirst();
  const { id } = await system.create(LONG);
  await untilRunning(id);
  const behind = await system.create({ steps: 1 });
  await eventually(async () => (await attemptsOf(behind.id)).length === 1);
  await system.restartSim({ stepMs: 5 });
  expect((await untilHealth('quarantined')).healthReason).toContain('died while it drew');
  expect(await system.final(id, 30_000)).toMatchObject({ status: 'completed' });
  expect(await system.final(behind.id, 30_000)).toMatchObject({ status: 'completed' });
  expect((await untilHealth('ok')).healthReason).toBeNull();
  expect((await reasonsOf(id))[0]).toBe('instance_lost');
  expect(await reasonsOf(behind.id)).not.toContain('instance_lost');
}, 60_000);

test('an instance whose GPU failed gets nothing, from the next worker either, and its work goes elsewhere', async () => {
  system.sim.faults.add({
    kind: 'node_error',
    message: 'CUDA error: an illegal memory access was encountered',
    match: { node_class: 'LabSlow' },
    times: 1,
  });
  await startWorkerOnFirst();
  const { id } = await system.create({ graph: slowGraph() });
  expect((await untilHealth('quarantined')).healthReason).toContain('The GPU failed');
  await eventually(async () => (await reasonsOf(id))[0] === 'device_error');
  await worker?.release();
  await startWorkerOnBoth();
  expect(await system.final(id, 30_000)).toMatchObject({ status: 'completed' });
  expect((await attemptsOf(id))[1]?.url).toBe(secondUrl);
  await untilHealth('quarantined');
}, 60_000);

test('an instance whose disk is full gets nothing for a while, and its work is drawn elsewhere', async () => {
  system.sim.faults.add({ kind: 'disk_full' });
  await startWorkerOnFirst();
  const { id } = await system.create({ steps: 1 });
  expect((await untilHealth('quarantined')).healthReason).toContain('disk of ComfyUI is full');
  expect(await reasonsOf(id)).toEqual(['disk_full']);
  await worker?.release();
  await startWorkerOnBoth();
  expect(await system.final(id, 30_000)).toMatchObject({ status: 'completed' });
}, 60_000);

test('an instance that ran out of memory is asked to free it', async () => {
  system.sim.faults.add({ kind: 'out_of_memory', match: { node_class: 'LabSlow' }, times: 1 });
  system.sim.faults.add({ kind: 'http_slow', ms: 1, match: { path: '/free' } });
  await startWorkerOnFirst();
  const { id } = await system.create({ graph: slowGraph() });
  await eventually(() =>
    system.sim.faults.list().some((f) => f.kind === 'http_slow' && f.bites > 0),
  );
  expect(await system.final(id, 30_000)).toMatchObject({ status: 'completed' });
  expect(await reasonsOf(id)).toEqual(['out_of_memory', null]);
}, 60_000);

test('a prompt that waits is given back without having run, and one that runs is not', async () => {
  await startWorkerOnFirst();
  const first = await system.create(LONG);
  const running = await untilRunning(first.id);
  const waiting = await system.create({ steps: 1 });
  const prefetched = await eventually(async () => {
    const [attempt] = await attemptsOf(waiting.id);
    return attempt?.state === 'dispatched' && attempt;
  });
  const nobody = newId();
  await system.database.query('UPDATE attempts SET takeback_for = $2 WHERE id = ANY ($1)', [
    [running.id, prefetched.id],
    nobody,
  ]);
  await eventually(async () => (await reasonsOf(waiting.id))[0] === 'released');
  expect(await queue()).not.toContain(prefetched.id);
  const [shot] = await system.database.query(
    'SELECT tries, mishaps, idle_ends, was_taken_back, reserved_for FROM shots WHERE generation_id = $1',
    [waiting.id],
  );
  expect(shot).toEqual({
    ...{ tries: 0, mishaps: 0, idle_ends: 0, was_taken_back: true, reserved_for: nobody },
  });
  expect(runsOf([running.id])).toMatchObject([{ outcome: null }]);
  await system.cancel(first.id);
  expect(await system.final(waiting.id)).toMatchObject({ status: 'completed' });
  expect(runsOf([prefetched.id])).toEqual([]);
}, 60_000);

describe('a prompt on the instance that no open attempt is known for', () => {
  async function post(tag: object | null): Promise<string> {
    const prompt_id = newId();
    const answer = await fetch(`${system.simUrl()}/prompt`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        prompt_id,
        prompt: slowGraph(1, 100),
        extra_data: tag ? { avatarforge: { ...tag, attempt: prompt_id } } : {},
      }),
    });
    expect(answer.status).toBe(200);
    return prompt_id;
  }

  test('is stopped and forgotten where it is ours', async () => {
    await startWorkerOnFirst();
    await untilHealth('ok');
    const deployment = await readDeploymentId(system.database);
    const running = await post({ deployment });
    const waiting = await post({ deployment });
    await eventually(async () => (await queue()).length === 0, SLOWLY);
    expect(runsOf([running, waiting])).toMatchObject([{ outcome: 'interrupted' }]);
    await eventually(async () => !(await historyHas(running)), SLOWLY);
    const { id } = await system.create({ steps: 1 });
    expect(await system.final(id)).toMatchObject({ status: 'completed' });
  }, 60_000);

  test('is left alone where it is of others, and so is what is drawn beside it', async () => {
    const strangers = [await post(null), await post({ deployment: newId() })];
    await startWorkerOnFirst();
    const { id } = await system.create({ steps: 1 });
    const [mine] = await eventually(async () => {
      const attempts = await attemptsOf(id);
      return attempts[0]?.state === 'dispatched' && attempts;
    });
    const renewals = async () => {
      const [row] = await system.database.query<{ at: Date }>(
        'SELECT max(seen_at) AS at FROM instances',
      );
      return row?.at.getTime() ?? 0;
    };
    for (let probes = 0; probes < 2; probes += 1) {
      const before = await renewals();
      await eventually(async () => (await renewals()) > before, SLOWLY);
    }
    expect(await queue()).toEqual([...strangers, mine?.id]);
  }, 60_000);
});

test('a graph of which ComfyUI would draw only a part fails, and nothing of it stays', async () => {
  const { id } = await system.create({ graph: slowGraph(1, 100) });
  await system.database.query(
    `UPDATE shot_graphs SET graph = graph || $2 WHERE shot_id IN (SELECT id FROM shots WHERE generation_id = $1)`,
    [id, JSON.stringify({ 9: { class_type: 'SaveImage', inputs: { filename_prefix: 'x' } } })],
  );
  await startWorkerOnFirst();
  expect(await system.final(id)).toMatchObject({ status: 'failed', error: { code: 'rejected' } });
  await eventually(async () => (await queue()).length === 0);
}, 60_000);
