import type { Workload } from '@avatarforge/pool-sim';
import type { Database } from '@avatarforge/db';
import { waitUntil } from '@avatarforge/embedded';
import { createTicketBell, type TicketBell } from '@avatarforge/queue';
import { startComfySim, startProgram, startServers, type ServingProgram } from '@avatarforge/rig';
import type { Releasers } from '@avatarforge/runtime';
import {
  createOutlooks,
  createPoolCatalogs,
  type CreateGenerationDeps,
} from '@avatarforge/services';
import { loadModels, loadWorkflows } from '@avatarforge/workflows';
import { checkpointOf } from './traceGraph';

const STOP_MS = 10_000;
const READY_MS = 60_000;
const MAX_QUEUED = 1_000_000;

/** A worker and the simulated ComfyUIs that traces are played on. */
export interface TracePool {
  database: Database;
  instances: ServingProgram[];
  bell: TicketBell;
  deps: CreateGenerationDeps;
}

/**
 * Starts servers, as many instances as the traces have, with the models of all of them, and a worker that drives them.
 * @throws Error when the worker does not get to drive them
 */
export async function startTracePool(
  releasers: Releasers,
  traces: readonly Workload[],
): Promise<TracePool> {
  const servers = await startServers(releasers);
  const { database, redisUrl } = servers;
  const env = simulatorEnv(traces);
  const instances: ServingProgram[] = [];
  for (const { id } of traces[0]?.instances ?? []) {
    instances.push(await startComfySim(servers, { releasers, env, as: id }));
  }
  const urls = { COMFYUI_URLS: instances.map(({ url }) => url).join(',') };
  const worker = await startProgram('worker', servers, { env: urls, releasers });
  const bell = createTicketBell({ redisUrl, log: { warn: () => undefined } });
  releasers.push('bell', () => bell.close(), { timeoutMs: STOP_MS });
  const isReady = () => areDriven(database, instances.length);
  if (!(await waitUntil(isReady, { timeoutMs: READY_MS }))) {
    throw new Error(`the worker does not drive the instances\n${worker.tail()}`);
  }
  return { database, instances, bell, deps: toDeps(database, bell) };
}

function simulatorEnv(traces: readonly Workload[]): Record<string, string> {
  const loads = traces.flatMap(({ loadMs }) => Object.entries(loadMs));
  return {
    COMFY_SIM_CHECKPOINTS: loads.map(([lane]) => checkpointOf(lane)).join(','),
    COMFY_SIM_LOAD_MS_BY_MODEL: loads.map(([lane, ms]) => `${checkpointOf(lane)}=${ms}`).join(','),
    COMFY_SIM_MODEL_MEMORY: '1',
    COMFY_SIM_STEP_MS: '0',
    COMFY_SIM_HISTORY_GAP_MS: '0',
  };
}

async function areDriven(database: Database, count: number): Promise<boolean> {
  const driven = await database.query(
    `SELECT 1 FROM instances WHERE health = 'ok' AND catalog_hash IS NOT NULL`,
  );
  return driven.length === count;
}

function toDeps(database: Database, bell: TicketBell): CreateGenerationDeps {
  const models = loadModels();
  return {
    ...{ database, models, workflows: loadWorkflows(models) },
    ...{ catalogs: createPoolCatalogs({ database }), outlooks: createOutlooks({ database }) },
    ...{ maxQueuedPerUser: MAX_QUEUED, refuseWebhookUrl: () => null, canEmail: false },
    ringTickets(tickets) {
      void bell.ring(tickets.map((ticket) => ({ ...ticket, instanceClass: 'default' })));
    },
  };
}
