import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createComfySim, type ComfySim } from '@avatarforge/comfy-sim';
import { CreateGeneration } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { deployMigrations, openDatabase, type Database } from '@avatarforge/db';
import {
  cancelGeneration,
  createGeneration,
  createOutlooks,
  createPoolCatalogs,
  ensureLocalUser,
  getGeneration,
  receiveFile,
  uploadFile,
  type ServiceContext,
} from '@avatarforge/services';
import { createDiskStorage, type ObjectStorage } from '@avatarforge/storage';
import {
  afterTests,
  eventually,
  testDatabase,
  testRedisUrl,
  testStorageDir,
} from '@avatarforge/testing';
import { loadModels, loadWorkflows } from '@avatarforge/workflows';
import { ROOT_DIR } from '../fixtures/avatarForge';
import { anotherPicture } from '../fixtures/pictures';
import { noteChanges } from './changes';
import { trapComfyUi, trapPostgres } from './servers';
import type { TrapProxy } from './trapProxy';
import { startWorkerProcess, type WorkerProcess } from './workerProcess';

const migrationsDir = join(ROOT_DIR, 'prisma/migrations');
const STEP_MS = 40;
const FINAL = ['completed', 'failed', 'cancelled'];
const FINAL_MS = 60_000;

const models = loadModels();
const workflows = loadWorkflows(models);

/** Postgres and a simulator with a trap in front of each, and storage: one generation is made here. */
export interface Stage {
  database: Database;
  storage: ObjectStorage;
  sim: ComfySim;
  postgres: TrapProxy;
  comfyui: TrapProxy;
  /** Every worker that was started here, by its part. */
  workers: Record<string, WorkerProcess>;
  /** The one that is caught: all it says passes the traps. */
  startVictim(): WorkerProcess;
  /** One more for the same instance; what it says to Postgres passes no trap. */
  startRescuer(): WorkerProcess;
  /** Asks for a picture made from a picture, drawn in so many steps of 40 ms. */
  create(steps: number): Promise<string>;
  /** False: it was too late. */
  cancel(id: string): Promise<boolean>;
  /** The status of the generation once it is a final one. */
  final(id: string): Promise<string>;
  /** Ends the workers and the simulator: others play beside and after this. */
  clear(): Promise<void>;
}

/** A stage of the calling test's own, without a worker. What `clear` leaves is given back after the tests. */
export async function givenStage(): Promise<Stage> {
  const databaseUrl = await testDatabase({ deploy: deployMigrations, migrationsDir });
  const database = openDatabase({
    url: databaseUrl,
    maxConnections: 3,
    onError: (error) => {
      throw error;
    },
  });
  afterTests(() => database.close());
  await noteChanges(database);
  const sim = createComfySim({
    ...{ stepMs: STEP_MS, loadMs: 20, directory: await testStorageDir(), port: 0 },
  });
  const { url } = await sim.start();
  const postgres = await trapPostgres(databaseUrl);
  const comfyui = await trapComfyUi(url);
  const root = await testStorageDir();
  const storage = createDiskStorage({ root });
  const workers: Record<string, WorkerProcess> = {};
  const start = (part: string, throughUrl: string) =>
    (workers[part] = startWorkerProcess({
      DATABASE_URL: throughUrl,
      REDIS_URL: testRedisUrl(),
      STORAGE_PATH: root,
      COMFYUI_URLS: comfyui.url,
    }));
  return {
    ...{ database, storage, sim, postgres, comfyui, workers },
    startVictim: () => start('victim', postgres.url),
    startRescuer: () => start('rescuer', databaseUrl),
    ...client({ database, storage, ctx: await ensureLocalUser({ database }) }),
    async clear() {
      await Promise.all(Object.values(workers).map((worker) => worker.kill()));
      await Promise.all([postgres.close(), comfyui.close()]);
      await sim.stop();
    },
  };
}

function client(deps: {
  database: Database;
  storage: ObjectStorage;
  ctx: ServiceContext;
}): Pick<Stage, 'create' | 'cancel' | 'final'> {
  const { database, ctx } = deps;
  const planning = {
    ...{ database, models, workflows, maxQueuedPerUser: 1000 },
    ...{ refuseWebhookUrl: () => null, canEmail: true },
    catalogs: createPoolCatalogs({ database }),
    outlooks: createOutlooks({ database }),
    // Hungry workers claim without being rung for.
    ringTickets: () => undefined,
  };
  return {
    async create(steps) {
      const reference = await givenReference(deps);
      const wish = {
        prompt: 'a warrior',
        width: 64,
        height: 64,
        steps,
        reference_file_id: reference,
      };
      const input = CreateGeneration.parse({ ...wish, allow_fallback: true });
      const { generation } = await createGeneration(planning, { ctx, input });
      return generation.id;
    },
    async cancel(id) {
      try {
        await cancelGeneration({ database }, { ctx, id });
        return true;
      } catch (error) {
        if (error instanceof AppError && error.code === 'too_late') return false;
        throw error;
      }
    },
    final: (id) =>
      eventually(
        async () => {
          const { status } = await getGeneration({ database }, { ctx, id });
          return FINAL.includes(status) && status;
        },
        { timeoutMs: FINAL_MS, everyMs: 100 },
      ),
  };
}

async function givenReference(deps: {
  database: Database;
  storage: ObjectStorage;
  ctx: ServiceContext;
}): Promise<string> {
  const picture = Readable.from([await anotherPicture()]);
  const received = await receiveFile(picture, await testStorageDir());
  const upload = { ...received, filename: 'x.png', kind: 'reference' } as const;
  const { file } = await uploadFile(deps, { ctx: deps.ctx, upload });
  return file.id;
}
