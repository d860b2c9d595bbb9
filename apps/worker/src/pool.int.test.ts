import { createComfySim, type ComfySim } from '@avatarforge/comfy-sim';
import { newId } from '@avatarforge/core';
import { afterTests, eventually, testStorageDir } from '@avatarforge/testing';
import { givenSystem, type System } from './fixtures/givenSystem';

const CHECKPOINTS = ['a', 'b'].map((name) => `${name}.safetensors`);

let system: System;
beforeEach(async () => {
  system = await givenSystem();
}, 60_000);

type Sim = ComfySim & { url: string };

/** More simulators, each an instance of its own. */
async function givenSims(count: number): Promise<Sim[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const directory = await testStorageDir();
      const sim = createComfySim({
        ...{ directory, port: 0, stepMs: 5, loadMs: 400, modelMemory: 1 },
        checkpoints: CHECKPOINTS,
      });
      const { url } = await sim.start();
      afterTests(() => sim.stop());
      return Object.assign(sim, { url });
    }),
  );
}

const startWorker = (sims: Sim[]) =>
  system.startWorker({ COMFYUI_URLS: sims.map(({ url }) => url).join(',') });

/** How many instances each worker holds. */
async function holdings(): Promise<number[]> {
  const rows = await system.database.query<{ count: number }>(
    `SELECT count(*)::int FROM instance_leases WHERE expires_at > now() AND worker_id IS NOT NULL
       GROUP BY worker_id ORDER BY 1`,
  );
  return rows.map(({ count }) => count);
}

async function healthy(): Promise<number> {
  const rows = await system.database.query(`SELECT 1 FROM instances WHERE health = 'ok'`);
  return rows.length;
}

const idOf = async (sim: Sim) => {
  const [row] = await system.database.query<{ id: string }>(
    'SELECT id FROM instances WHERE url = $1',
    [sim.url],
  );
  return row!.id;
};
const executions = (sims: Sim[]) => sims.flatMap((sim) => sim.executions());

/** A graph that draws with one checkpoint. */
const graphWith = (checkpoint: string, seed: number, steps = 4) => ({
  '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpoint } },
  '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a warrior', clip: ['1', 1] } },
  '3': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
  '4': {
    class_type: 'KSampler',
    inputs: {
      ...{ model: ['1', 0], positive: ['2', 0], negative: ['2', 0], latent_image: ['3', 0] },
      ...{ seed, steps, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
    },
  },
  '5': { class_type: 'VAEDecode', inputs: { samples: ['4', 0], vae: ['1', 2] } },
  '6': { class_type: 'SaveImage', inputs: { images: ['5', 0], filename_prefix: 'x' } },
});

test('workers share the instances evenly, and a worker that stops leaves its share to the others', async () => {
  const sims = await givenSims(4);
  const first = await startWorker(sims);
  await eventually(async () => (await holdings()).join() === '4');
  const second = await startWorker(sims);
  await eventually(async () => (await holdings()).join() === '2,2', { timeoutMs: 15_000 });
  await first.release();
  await eventually(async () => (await holdings()).join() === '4');
  await second.release();
}, 40_000);

test('an instance that changes hands goes on with its prompt: one execution each', async () => {
  const sims = await givenSims(2);
  const first = await startWorker(sims);
  const created = [];
  for (let seed = 1; seed <= 4; seed++) {
    created.push(await system.create({ graph: graphWith(CHECKPOINTS[0]!, seed, 150) }));
  }
  await eventually(() => executions(sims).filter((run) => run.ended_at === null).length === 2);
  const second = await startWorker(sims);
  await eventually(async () => (await holdings()).join() === '1,1', { timeoutMs: 15_000 });
  for (const { id } of created) {
    expect(await system.final(id)).toMatchObject({ status: 'completed' });
  }
  expect(executions(sims)).toHaveLength(4);
  await Promise.all([first.release(), second.release()]);
}, 40_000);

test('each instance keeps to the models it has: of two lanes on two instances, two loads', async () => {
  const sims = await givenSims(2);
  const worker = await startWorker(sims);
  await system.database.query('UPDATE instances SET drain = true');
  await eventually(async () => (await healthy()) === 2);
  const created = [];
  for (let seed = 1; seed <= 8; seed++) {
    const checkpoint = CHECKPOINTS[seed % 2]!;
    created.push(await system.create({ graph: graphWith(checkpoint, seed) }));
  }
  await system.database.query('UPDATE instances SET drain = false');
  for (const { id } of created) {
    expect(await system.final(id)).toMatchObject({ status: 'completed' });
  }
  expect(executions(sims).reduce((sum, run) => sum + run.model_loads, 0)).toBe(2);
  const placements = await system.database.query<{ placement: string; count: number }>(
    'SELECT placement, count(*)::int FROM attempts GROUP BY 1 ORDER BY 1',
  );
  expect(placements).toEqual([
    { placement: 'switch', count: 2 },
    { placement: 'warm', count: 6 },
  ]);
  await worker.release();
}, 40_000);

test('an instance that is added, drained, resumed and removed needs no restart of a worker', async () => {
  const [one, two] = (await givenSims(2)) as [Sim, Sim];
  const worker = await startWorker([one]);
  await eventually(async () => (await holdings()).join() === '1');
  const added = newId();
  await system.database.query(
    `WITH new AS (INSERT INTO instances (id, url, source) VALUES ($1, $2, 'api') RETURNING id)
       INSERT INTO instance_leases (instance_id) SELECT id FROM new`,
    [added, two.url],
  );
  const set = (assignment: string, id: string) =>
    system.database.query(`UPDATE instances SET ${assignment} WHERE id = $1`, [id]);
  const drawn = async (seed: number) => {
    const { id } = await system.create({ graph: graphWith(CHECKPOINTS[0]!, seed) });
    expect(await system.final(id)).toMatchObject({ status: 'completed' });
  };
  await set('drain = true', await idOf(one));
  await drawn(1);
  expect([one.executions().length, two.executions().length]).toEqual([0, 1]);
  await set('drain = false', await idOf(one));

  const { id } = await system.create({ graph: graphWith(CHECKPOINTS[0]!, 2, 150) });
  const runningOn = await eventually(
    () => [one, two].find((sim) => sim.executions().some((run) => run.ended_at === null)) ?? null,
  );
  await set('removed_at = now()', await idOf(runningOn));
  expect(await system.final(id)).toMatchObject({ status: 'completed' });
  expect(executions([one, two])).toHaveLength(2);
  await eventually(async () => (await holdings()).join() === '1');
  await worker.release();
}, 40_000);

test('what waits behind a long run is begun by an instance that is idle, and drawn once', async () => {
  const [busy, idle] = (await givenSims(2)) as [Sim, Sim];
  const worker = await startWorker([busy, idle]);
  await eventually(async () => (await holdings()).join() === '2');
  const setDrain = (drain: boolean, sim: Sim) =>
    system.database.query('UPDATE instances SET drain = $2 WHERE url = $1', [sim.url, drain]);
  await setDrain(true, idle);
  const long = await system.create({ graph: graphWith(CHECKPOINTS[0]!, 1, 3000) });
  await eventually(() => busy.executions().length === 1);
  const short = await system.create({ graph: graphWith(CHECKPOINTS[0]!, 2) });
  const dispatched = () =>
    system.database.query(`SELECT 1 FROM attempts WHERE state = 'dispatched'`);
  await eventually(async () => (await dispatched()).length === 1);
  await system.database.query(
    `INSERT INTO lane_times (instance_id, lane, run_ms, load_ms, runs)
       SELECT id, (SELECT lane FROM shots LIMIT 1), 20000, 100, 9 FROM instances`,
  );
  await system.database.query(`UPDATE attempts SET est_ms = 20000`);
  await setDrain(false, idle);
  expect(await system.final(short.id)).toMatchObject({ status: 'completed' });
  expect(busy.executions()).toMatchObject([{ ended_at: null }]);
  expect(idle.executions()).toHaveLength(1);
  await system.cancel(long.id);
  await system.final(long.id);
  await worker.release();
}, 40_000);

test('an instance that is removed while it runs takes no other from its worker', async () => {
  const [leaving, staying] = (await givenSims(2)) as [Sim, Sim];
  const worker = await startWorker([leaving, staying]);
  await eventually(async () => (await holdings()).join() === '2');
  const setDrain = (drain: boolean) =>
    system.database.query('UPDATE instances SET drain = $2 WHERE url = $1', [staying.url, drain]);
  await setDrain(true);
  const long = await system.create({ graph: graphWith(CHECKPOINTS[0]!, 1, 3000) });
  await eventually(() => leaving.executions().length === 1);
  await system.database.query('UPDATE instances SET removed_at = now() WHERE url = $1', [
    leaving.url,
  ]);
  await setDrain(false);
  const { id } = await system.create({ graph: graphWith(CHECKPOINTS[1]!, 2) });
  expect(await system.final(id)).toMatchObject({ status: 'completed' });
  expect(leaving.executions()).toMatchObject([{ ended_at: null }]);
  expect(staying.executions()).toHaveLength(1);
  await system.cancel(long.id);
  await system.final(long.id);
  await worker.release();
}, 40_000);

test('what an instance cannot run hides nothing from it', async () => {
  const [drained, open] = (await givenSims(2)) as [Sim, Sim];
  const worker = await startWorker([drained, open]);
  await eventually(async () => (await healthy()) === 2);
  // Twelve shots with four requirements that the open one does not meet, in front of one that it does.
  for (let n = 0; n < 12; n++) {
    const shot = await system.create({ graph: graphWith(CHECKPOINTS[0]!, n) });
    await system.database.query(
      `WITH changed AS (
         UPDATE shots SET requirement = $2, created_at = now() - interval '1 h' WHERE generation_id = $1 RETURNING id
       )
       UPDATE shot_graphs SET graph = jsonb_set(graph, '{1,inputs,ckpt_name}', $3) FROM changed WHERE shot_id = changed.id`,
      [shot.id, `lost-${n % 4}`, JSON.stringify(`lost-${n % 4}.safetensors`)],
    );
  }
  const { id } = await system.create({ graph: graphWith(CHECKPOINTS[1]!, 99) });
  expect(await system.final(id)).toMatchObject({ status: 'completed' });
  await worker.release();
}, 40_000);

test('what may not run where its models are is not left to that instance', async () => {
  const [small, large] = (await givenSims(2)) as [Sim, Sim];
  const worker = await startWorker([small, large]);
  await eventually(async () => (await healthy()) === 2);
  await system.database.query('UPDATE instances SET drain = true');
  const { id } = await system.create({ graph: graphWith(CHECKPOINTS[0]!, 1) });
  const smallId = await idOf(small);
  await system.database.query('UPDATE shots SET avoid_instances = ARRAY[$1::uuid]', [smallId]);
  await system.database.query(
    `UPDATE instances SET drain = false, warm_lanes = CASE WHEN id = $1 THEN ARRAY(SELECT lane FROM shots) ELSE '{}' END`,
    [smallId],
  );
  expect(await system.final(id)).toMatchObject({ status: 'completed' });
  expect([small.executions().length, large.executions().length]).toEqual([0, 1]);
  await worker.release();
}, 40_000);
