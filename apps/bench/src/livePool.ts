import type { Graph } from '@avatarforge/core';
import type { Database } from '@avatarforge/db';
import { waitUntil, type RunningService } from '@avatarforge/embedded';
import {
  startApi,
  startComfySim,
  startProgram,
  type Servers,
  type ServingProgram,
} from '@avatarforge/rig';
import type { Releasers } from '@avatarforge/runtime';
import { createApiKey } from '@avatarforge/services';
import { createApiClient, type ApiClient } from './apiClient';

const STOP_MS = 10_000;
const READY_MS = 60_000;
const LOOK_MS = 50;

/** One API, one worker, and the instances that it drives. */
export interface LivePool {
  database: Database;
  api: ServingProgram;
  worker: RunningService;
  instances: ServingProgram[];
  client: ApiClient;
  /** Of a user of the API. */
  key: string;
}

/** How a pool is to be. */
export interface LivePoolOptions {
  releasers: Releasers;
  /** How many simulated ComfyUIs. */
  instances: number;
  /** Of a sampling step; all else takes no time. */
  stepMs: number;
  /** Of the client. */
  connections: number;
}

/** Starts the programs on these servers, and waits until each instance can be given work. */
export async function startLivePool(
  servers: Servers,
  { releasers, instances: count, stepMs, connections }: LivePoolOptions,
): Promise<LivePool> {
  const { database } = servers;
  const noTime = { COMFY_SIM_LOAD_MS: '0', COMFY_SIM_HISTORY_GAP_MS: '0' };
  const simEnv = { ...noTime, COMFY_SIM_STEP_MS: String(stepMs) };
  const instances: ServingProgram[] = [];
  for (let n = 1; n <= count; n += 1) {
    const options = { releasers, env: simEnv, as: `comfy-sim-${n}` };
    instances.push(await startComfySim(servers, options));
  }
  const env = { COMFYUI_URLS: instances.map(({ url }) => url).join(',') };
  const worker = await startProgram('worker', servers, { env, releasers });
  const limits = { MAX_QUEUED_PER_USER: '1000000' };
  const api = await startApi(servers, { env: limits, releasers });
  const owner = { userName: 'bench', role: 'user', name: 'bench' } as const;
  const { key } = await createApiKey({ database }, owner);
  const client = createApiClient({ url: api.url, key, connections });
  const closeClient = () => {
    client.close();
    return Promise.resolve();
  };
  releasers.push('client', closeClient, { timeoutMs: STOP_MS });
  const isUp = await waitUntil(() => isReady(database, count), { timeoutMs: READY_MS });
  if (!isUp) throw new Error(`the worker does not drive the instances\n${worker.tail()}`);
  return { database, api, worker, instances, client, key };
}

async function isReady(database: Database, count: number): Promise<boolean> {
  const ready = await database.query(
    `SELECT 1 FROM instances WHERE removed_at IS NULL AND health = 'ok' AND catalog_hash IS NOT NULL`,
  );
  return ready.length === count;
}

/** Waits until nothing is unfinished. @throws Error when it takes longer, or when something was not completed */
export async function untilCompleted(database: Database, timeoutMs: number): Promise<void> {
  const isOver = async () => {
    const open = await database.query(
      `SELECT 1 FROM generations WHERE status IN ('queued', 'processing') LIMIT 1`,
    );
    return open.length === 0;
  };
  if (!(await waitUntil(isOver, { timeoutMs, everyMs: LOOK_MS }))) {
    throw new Error(`generations are unfinished after ${timeoutMs} ms`);
  }
  const lost = await database.query(`SELECT 1 FROM generations WHERE status <> 'completed'`);
  if (lost.length > 0) throw new Error(`${lost.length} generations were not completed`);
}

/** The graph that was made of a generation. */
export async function readGraph(database: Database, generationId: string): Promise<Graph> {
  const [row] = await database.query<{ graph: Graph }>(
    'SELECT graph FROM shot_graphs JOIN shots ON id = shot_id WHERE generation_id = $1',
    [generationId],
  );
  if (!row) throw new Error('a generation has no graph');
  return row.graph;
}
