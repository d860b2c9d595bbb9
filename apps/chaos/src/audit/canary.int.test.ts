import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createComfySim } from '@avatarforge/comfy-sim';
import { deployMigrations, openDatabase, type Database } from '@avatarforge/db';
import { createStorage, type ObjectStorage } from '@avatarforge/storage';
import { afterTests, testDatabase, testStorageDir } from '@avatarforge/testing';
import { CANARIES, type Canary } from '../options';
import { audit } from './audit';
import { plantCanary } from './canary';
import type { Evidence } from './evidence';
import { gather } from './gather';

const GENERATION = '01980000-0000-7000-8000-000000000001';
const ATTEMPT = '01980000-0000-7000-8000-000000000002';
const OWNER = '01980000-0000-7000-8000-000000000003';
const bytes = Buffer.from('a picture');
const graph = {
  1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
};

/** A generation that was drawn, stored and published, row by row. */
const ROWS = `
  INSERT INTO users (id, name, role) VALUES ('${OWNER}', 'ann', 'user');
  INSERT INTO instances (id, url) VALUES ('${OWNER}', 'http://instance');
  INSERT INTO generations (id, owner_id, status, prompt, negative_prompt, inputs, workflow, notes, shots_total, shots_done, finished_at)
    VALUES ('${GENERATION}', '${OWNER}', 'completed', 'a', '', '{}', 'x', '{}', 1, 1, now());
  INSERT INTO idempotency_keys (owner_id, operation, key, request_hash, generation_id)
    VALUES ('${OWNER}', 'createGeneration', 'k', 'h', '${GENERATION}');
  INSERT INTO shots (id, generation_id, owner_id, ordinal, lane, status)
    VALUES ('${GENERATION}', '${GENERATION}', '${OWNER}', 0, 'none', 'done');
  INSERT INTO shot_graphs (shot_id, graph, uploads) VALUES ('${GENERATION}', '${JSON.stringify(graph)}', '[]');
  INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state, dispatched_at, started_at, ended_at)
    VALUES ('${ATTEMPT}', '${GENERATION}', '${OWNER}', 1, 'c', 'stored', now(), now(), now());
  INSERT INTO blobs (sha256, object_key, size, mime_type) VALUES ('h', 'a/b', ${bytes.length}, 'image/png');
  INSERT INTO files (id, owner_id, sha256, kind, filename) VALUES ('${OWNER}', '${OWNER}', 'h', 'output', 'x.png');
  INSERT INTO generation_outputs (shot_id, ordinal, generation_id, file_id)
    VALUES ('${GENERATION}', 0, '${GENERATION}', '${OWNER}');`;

let database: Database;
let storage: ObjectStorage;
let instanceUrl: string;
let executionsOf: () => { prompt_id: string }[];

beforeEach(async () => {
  const migrationsDir = join(__dirname, '../../../../prisma/migrations');
  const url = await testDatabase({ deploy: deployMigrations, migrationsDir });
  database = openDatabase({ url, onError: () => undefined });
  afterTests(() => database.close());
  for (const statement of ROWS.split(';\n')) await database.query(statement);
  const root = await testStorageDir();
  storage = createStorage({ root, region: '', forcePathStyle: true, createBucket: true });
  const size = bytes.length;
  await storage.put('a/b', Readable.from([bytes]), { size, contentType: 'image/png' });
  const sim = createComfySim({ port: 0, stepMs: 1, loadMs: 1 });
  instanceUrl = (await sim.start()).url;
  afterTests(() => sim.stop());
  executionsOf = () => [{ prompt_id: ATTEMPT }, ...sim.executions()];
}, 60_000);

async function evidence(): Promise<Evidence> {
  const asked = { key: 'k', ownerId: OWNER, shots: 1, id: GENERATION, cancelled: null };
  const run = { instance: 'instance 1', started_at: 0, ended_at: 1, outcome: 'success' } as const;
  const told = { webhookId: 'w', event: 'generation.completed', generationId: GENERATION };
  return {
    ...(await gather(database, storage)),
    asked: [{ ...asked, isTold: true }],
    executions: executionsOf().map(({ prompt_id }) => ({ ...run, prompt_id })),
    received: [{ ...told, isVerified: true, bodyHash: 'h', at: 1 }],
    faults: [],
  };
}

test('what Postgres and storage say of a good end leaves nothing to say', async () => {
  const found = await evidence();
  expect(found.generations).toEqual([
    expect.objectContaining({ id: GENERATION, status: 'completed', key: 'k', shots_done: 1 }),
  ]);
  expect(found.outputs).toMatchObject([{ object_key: 'a/b', size: bytes.length }]);
  expect(found.attempts[0]?.ended_at).toBeGreaterThan(1.7e12);
  expect(audit(found).violations).toEqual([]);
});

const SEEN: Record<Canary, string> = {
  'lose-one': 'dangling_file',
  'duplicate-one': 'duplicated',
  'rerun-one': 'ran_twice',
};

test.each(CANARIES)('the audit sees the canary %s', async (canary) => {
  const planted = await plantCanary(canary, { database, storage, instanceUrl });
  expect(planted).toMatch(/was|were/);
  const kinds = audit(await evidence()).violations.map(({ kind }) => kind);
  expect(kinds).toContain(SEEN[canary]);
});
