import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateGeneration } from '@avatarforge/contracts';
import { waitUntil } from '@avatarforge/embedded';
import { quantile } from '@avatarforge/pool-sim';
import { startComfySim, startProgram, startServers, type Servers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import {
  createEndpoint,
  createGeneration,
  createOutlooks,
  createPoolCatalogs,
  ensureLocalUser,
  type CreateGenerationDeps,
  type ServiceContext,
} from '@avatarforge/services';
import { loadModels, loadWorkflows } from '@avatarforge/workflows';
import type { Bench, BenchResult, Figure } from './bench';
import { medianOf, type Round } from './rounds';

const STOP_MS = 10_000;
const PER_S = 4;
/** A receiver that accepts and never answers. */
const DEAD_ENDPOINTS = 3;
const ARRIVE_MS = 60_000;
/** Generations of a round. */
const FULL = { count: 150, rounds: 3 };
const QUICK = { count: 60, rounds: 1 };

/** How soon a webhook is there. */
export const webhooks: Bench = {
  name: 'webhooks',
  about:
    `The running system: ${PER_S} generations a second drawn by a simulated ComfyUI; from a generation's completion to the ` +
    `arrival of its webhook, with ${DEAD_ENDPOINTS} other endpoints that never answer. One worker; all share the machine.`,
  async run({ isQuick }): Promise<BenchResult> {
    const releasers = createReleasers({ log: { error: () => undefined } });
    try {
      return await measure(releasers, isQuick ? QUICK : FULL);
    } finally {
      await releasers.release();
    }
  },
};

async function measure(releasers: Releasers, { count, rounds }: typeof FULL): Promise<BenchResult> {
  const servers = await startServers(releasers);
  const { database } = servers;
  const receiver = await startReceiver(releasers);
  const ctx = await ensureLocalUser({ database });
  const events = ['generation.completed' as const];
  for (const path of ['live', ...Array<string>(DEAD_ENDPOINTS).fill('dead')]) {
    const input = { url: `${receiver.url}/${path}`, events, description: '', contact_email: null };
    const deps = { database, refuseWebhookUrl: () => null };
    await createEndpoint(deps, { ctx, input: { ...input, signing: 'v1' } });
  }
  await startPool(servers, releasers);
  const round = await medianOf(rounds, () =>
    playRound(receiver, count, () => createMany(toDeps(servers), { ctx, count })),
  );
  const figure = (name: string, of: string): Figure => ({ name, measured: round[of] ?? NaN });
  return {
    generations: { name: '', measured: rounds * count },
    arrived_share: { ...figure('', 'arrived_share'), target: { atLeast: 1 } },
    lag_ms: [
      figure('p50', 'p50'),
      { ...figure('p99', 'p99'), target: { atMost: 250 } },
      figure('max', 'max'),
    ],
    per_second: figure('', 'per_second'),
  };
}

async function playRound(
  { lags }: { lags: number[] },
  count: number,
  create: () => Promise<void>,
): Promise<Round> {
  lags.length = 0;
  const startedAt = performance.now();
  await create();
  await waitUntil(() => lags.length >= count, { timeoutMs: ARRIVE_MS });
  return {
    arrived_share: lags.length / count,
    p50: quantile(lags, 0.5),
    p99: quantile(lags, 0.99),
    max: Math.max(...lags),
    per_second: (lags.length * 1000) / (performance.now() - startedAt),
  };
}

/** Takes what is sent to `/live`, and notes how long after the completion; lets `/dead` wait for ever. */
async function startReceiver(releasers: Releasers): Promise<{ url: string; lags: number[] }> {
  const lags: number[] = [];
  const server = createServer((req, res) => {
    if (req.url !== '/live') return;
    void text(req).then((body) => {
      const { timestamp } = JSON.parse(body) as { timestamp: string };
      lags.push(Date.now() - Date.parse(timestamp));
      res.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  releasers.push('receiver', close, { timeoutMs: STOP_MS });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lags };
}

async function startPool(servers: Servers, releasers: Releasers): Promise<void> {
  const { url } = await startComfySim(servers, { releasers, env: { COMFY_SIM_STEP_MS: '5' } });
  const env = { COMFYUI_URLS: url, OUTBOUND_ALLOW: '127.0.0.1' };
  await startProgram('worker', servers, { env, releasers });
}

function toDeps({ database }: Servers): CreateGenerationDeps {
  const models = loadModels();
  return {
    ...{ database, models, workflows: loadWorkflows(models) },
    ...{ catalogs: createPoolCatalogs({ database }), outlooks: createOutlooks({ database }) },
    ...{ maxQueuedPerUser: 100_000, refuseWebhookUrl: () => null, canEmail: false },
    // Hungry workers claim without being rung for.
    ringTickets: () => undefined,
  };
}

async function createMany(
  deps: CreateGenerationDeps,
  { ctx, count }: { ctx: ServiceContext; count: number },
): Promise<void> {
  const startedAt = performance.now();
  for (let n = 0; n < count; n += 1) {
    const wish = { prompt: 'a warrior', seed: n, steps: 5, width: 64, height: 64 };
    await createGeneration(deps, { ctx, input: CreateGeneration.parse(wish) });
    await delay(startedAt + ((n + 1) * 1000) / PER_S - performance.now());
  }
}
