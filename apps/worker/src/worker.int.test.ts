import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { newId } from '@avatarforge/core';
import { openFile } from '@avatarforge/services';
import { eventually, startProxy } from '@avatarforge/testing';
import { givenFile, givenSystem, type System } from './fixtures/givenSystem';

const TEST_IMAGE = join(__dirname, '../../../docs/examples/test_image.png');

let system: System;

beforeAll(async () => {
  system = await givenSystem();
});

async function bytesOf(fileId: string): Promise<Buffer> {
  const { open } = await openFile(system, { ctx: system.ctx, id: fileId });
  return buffer(await open());
}

/** Waits until the simulator runs something that is not over. */
const running = () =>
  eventually(() => system.sim.executions().some((run) => run.ended_at === null));

describe('a worker', () => {
  test('turns a wish into a stored picture of the size asked for, by one execution', async () => {
    const worker = await system.startWorker();
    const { id } = await system.create({ width: 256, height: 192 });
    const done = await system.final(id);
    expect(done).toMatchObject({ status: 'completed', shotsDone: 1, error: null });
    expect(done.outputs).toEqual([
      expect.objectContaining({ width: 256, height: 192, mimeType: 'image/png' }),
    ]);
    const bytes = await bytesOf(done.outputs[0]!.fileId);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    const runs = system.sim.executions().filter((run) => run.prompt_id === done.promptId);
    expect(runs).toEqual([expect.objectContaining({ outcome: 'success' })]);
    await worker.release();
  });

  test('makes the same picture for the same seed and another for another', async () => {
    const worker = await system.startWorker();
    const [one, same, other] = await Promise.all(
      [7, 7, 8].map(async (seed) => system.final((await system.create({ seed })).id)),
    );
    expect(same!.outputs[0]!.fileId).toBe(one!.outputs[0]!.fileId);
    expect(other!.outputs[0]!.fileId).not.toBe(one!.outputs[0]!.fileId);
    await worker.release();
  });

  test('draws every view, in order', async () => {
    const worker = await system.startWorker();
    const { id } = await system.create({ views: ['front', 'back', 'side', 'quarter'], seed: 1 });
    const done = await system.final(id);
    expect(done.outputs.map((output) => output.view)).toEqual(['front', 'back', 'side', 'quarter']);
    expect(done.outputs[1]!.filename).toBe(`${id}_2_back.png`);
    expect(new Set(done.outputs.map((output) => output.fileId)).size).toBe(4);
    await worker.release();
  });

  test('brings a reference picture to the instance, and it changes the result', async () => {
    const worker = await system.startWorker();
    const bytes = await readFile(TEST_IMAGE);
    const file = { id: newId(), bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    await givenFile(system, file);
    const plain = await system.create({ seed: 3 });
    const based = await system.create({
      seed: 3,
      reference_file_id: file.id,
      allow_fallback: true,
    });
    const [without, withReference] = await Promise.all(
      [plain, based].map(({ id }) => system.final(id)),
    );
    expect(withReference).toMatchObject({ status: 'completed', workflow: 'reference-sd15' });
    expect(withReference!.outputs[0]!.fileId).not.toBe(without!.outputs[0]!.fileId);
    await worker.release();
  });

  test('fails a wish whose model the instance lacks, naming it', async () => {
    const { id } = await system.create({});
    await system.database.query(
      `WITH mine AS (UPDATE shots SET requirement = '' WHERE generation_id = $1 RETURNING id)
       UPDATE shot_graphs SET graph = jsonb_set(graph, '{4,inputs,ckpt_name}', '"no-such.safetensors"')
         FROM mine WHERE shot_id = mine.id`,
      [id],
    );
    const worker = await system.startWorker();
    const { status, error } = await system.final(id);
    expect(status).toBe('failed');
    expect(error).toEqual({
      code: 'missing_model',
      message: expect.stringContaining('no-such.safetensors') as string,
    });
    await worker.release();
  });

  test('fails a wish whose picture to start from is gone from storage', async () => {
    const bytes = Buffer.from('gone');
    const file = { id: newId(), bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    const key = await givenFile(system, file);
    await system.storage.delete(key);
    const worker = await system.startWorker();
    const { id } = await system.create({ reference_file_id: file.id, allow_fallback: true });
    expect(await system.final(id)).toMatchObject({
      status: 'failed',
      error: { code: 'inputs_lost' },
    });
    await worker.release();
  });

  test('works without Redis', async () => {
    const worker = await system.startWorker({ REDIS_URL: 'redis://127.0.0.1:1' });
    const { id } = await system.create({});
    expect(await system.final(id)).toMatchObject({ status: 'completed' });
    await worker.release();
  });

  test('gives nothing to do twice: two workers, forty shots, forty executions', async () => {
    const before = system.sim.executions().length;
    const workers = await Promise.all([system.startWorker(), system.startWorker()]);
    const created = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => system.create({ seed, count: 8 })),
    );
    for (const { id } of created)
      expect(await system.final(id, 60_000)).toMatchObject({ status: 'completed', shotsDone: 8 });
    expect(system.sim.executions().length - before).toBe(40);
    await Promise.all(workers.map((worker) => worker.release()));
  });
});

describe('what a stopped worker leaves running', () => {
  test('is followed by the next worker: one execution', async () => {
    const first = await system.startWorker();
    const { id } = await system.create({ steps: 150, seed: 99 });
    await running();
    await first.release();
    const second = await system.startWorker();
    const done = await system.final(id);
    expect(done.status).toBe('completed');
    const runs = system.sim.executions().filter((run) => run.prompt_id === done.promptId);
    expect(runs).toHaveLength(1);
    const attempts = await system.database.query(
      'SELECT a.id FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE s.generation_id = $1',
      [id],
    );
    expect(attempts).toHaveLength(1);
    await second.release();
  });
});

describe('when the instance', () => {
  test('falls silent while it draws, nothing is drawn twice', async () => {
    const before = system.sim.executions().length;
    const proxy = await startProxy(system.simUrl());
    const worker = await system.startWorker({ COMFYUI_URLS: proxy.url });
    const { id } = await system.create({ steps: 150, seed: 102 });
    await running();
    proxy.freeze();
    await eventually(() => system.sim.executions().every((run) => run.ended_at !== null));
    proxy.thaw();
    expect(await system.final(id)).toMatchObject({ status: 'completed' });
    expect(system.sim.executions().length - before).toBe(1);
    await worker.release();
  });

  test('dies while drawing, the shot is drawn again', async () => {
    const worker = await system.startWorker();
    const { id } = await system.create({ steps: 150, seed: 100 });
    await running();
    await system.restartSim();
    const done = await system.final(id, 30_000);
    expect(done.status).toBe('completed');
    await worker.release();
  }, 40_000);

  test('is interrupted from outside, the shot is drawn again', async () => {
    const worker = await system.startWorker();
    const { id } = await system.create({ steps: 150, seed: 101 });
    await running();
    await fetch(`${system.simUrl()}/api/interrupt`, { method: 'POST', body: '{}' });
    expect(await system.final(id, 30_000)).toMatchObject({ status: 'completed' });
    await worker.release();
  }, 40_000);
});
