import { setTimeout as delay } from 'node:timers/promises';
import { newId, type Graph } from '@avatarforge/core';
import { startServers, type Servers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { submitMany } from './apiClient';
import type { Bench, BenchResult, Figure } from './bench';
import { cpuMsOf } from './cpu';
import { playCore } from './lifecycleCore';
import { readGraph, startLivePool, untilCompleted, type LivePool } from './livePool';
import { countHeld, postPrompt } from './rawComfy';
import { medianOf, type Round } from './rounds';

const INSTANCES = 4;
const AT_ONCE = 16;
const FLOOR_LOOK_MS = 5;
const ROUND_MS = 300_000;
const SIDE = 64;

/** How many generations go through the system in a second. */
export const lifecycle: Bench = {
  name: 'lifecycle',
  about:
    'The running system, Postgres and storage syncing every commit to disk: generations a second from a request by HTTP to completed ' +
    `with a stored picture of ${SIDE} × ${SIDE}, by one API, one worker and ${INSTANCES} simulated ComfyUIs that take no time but that of a plain picture; ` +
    'floor: the simulators alone, asked by a bare client; core: the same statements without these programs, from claim to completed, ' +
    'of outputs already stored, telling nobody. All share the machine.',
  async run({ isQuick }): Promise<BenchResult> {
    const releasers = createReleasers({ log: { error: () => undefined } });
    try {
      return await measure(releasers, isQuick);
    } finally {
      await releasers.release();
    }
  },
};

interface Many {
  /** No two pictures are alike: the second would be in the cache. */
  seeds: { next: number };
  count: number;
}

async function measure(releasers: Releasers, isQuick: boolean): Promise<BenchResult> {
  const servers = await startServers(releasers, { isDurable: true });
  const rounds = isQuick ? 1 : 3;
  const { whole, graph } = await measureWhole(servers, isQuick ? 400 : 1500, rounds);
  const count = isQuick ? 1000 : 3000;
  const core = await medianOf(rounds, () => playCore(servers, { graph, count }));
  const cpu = (round: Round, name: string): Figure[] =>
    round[name] === undefined ? [] : [{ name, measured: round[name] }];
  const parts = ['all', 'api', 'worker', 'simulators', 'postgres', 'redis', 'client'];
  return {
    per_second_whole: { name: '', measured: whole['per_second'] ?? NaN, target: { atLeast: 100 } },
    per_second_floor: { name: '', measured: whole['floor_per_second'] ?? NaN },
    cpu_ms: parts.flatMap((name) => cpu(whole, name)),
    per_second_core: { name: '', measured: core['per_second'] ?? NaN, target: { atLeast: 500 } },
    core_cpu_ms: ['postgres', 'client'].flatMap((name) => cpu(core, name)),
  };
}

/** What the simulators alone do in a second, asked by a bare client. */
async function playFloor({ instances }: LivePool, many: Many): Promise<Round> {
  const { seeds, count } = many;
  const last = seeds.next + count;
  const startedAt = performance.now();
  const postInTurn = async (_: unknown, n: number) => {
    const url = instances[n % instances.length]?.url ?? '';
    while (seeds.next < last) await postPrompt(url, newId(), plainPicture(seeds.next++).graph);
    while ((await countHeld(url)) > 0) await delay(FLOOR_LOOK_MS);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, postInTurn));
  return { floor_per_second: (count * 1000) / (performance.now() - startedAt) };
}

/** The programs end with it: what is measured next has the machine. */
async function measureWhole(servers: Servers, count: number, rounds: number) {
  const releasers: Releasers = createReleasers({ log: { error: () => undefined } });
  try {
    const options = { releasers, instances: INSTANCES, stepMs: 0, connections: AT_ONCE };
    const pool = await startLivePool(servers, options);
    const { id } = await pool.client.submit(plainPicture(0));
    const seeds = { next: 1 };
    // For the programs to get warm.
    await playWhole(servers, pool, { seeds, count: count / 4 });
    const whole = await medianOf(rounds, async () => ({
      ...(await playFloor(pool, { seeds, count })),
      ...(await playWhole(servers, pool, { seeds, count })),
    }));
    return { whole, graph: await readGraph(pool.database, id) };
  } finally {
    await releasers.release();
  }
}

async function playWhole(servers: Servers, pool: LivePool, many: Many): Promise<Round> {
  const { seeds, count } = many;
  const { client, database } = pool;
  const before = readCpu(servers, pool);
  const startedAt = performance.now();
  await submitMany(client, { from: seeds.next, count, atOnce: AT_ONCE, wanted: plainPicture });
  seeds.next += count;
  await untilCompleted(database, ROUND_MS);
  const tookS = (performance.now() - startedAt) / 1000;
  return { per_second: count / tookS, ...cpuSince(before, readCpu(servers, pool), count) };
}

/** Each of another colour: next to nothing to draw. */
function plainPicture(color: number): { graph: Graph } {
  const size = { width: SIDE, height: SIDE, batch_size: 1 };
  const empty = { class_type: 'EmptyImage', inputs: { ...size, color } };
  const save = { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'plain' } };
  return { graph: { 1: empty, 2: save } };
}

/** By kind of process, milliseconds; empty where the system does not tell. */
function readCpu({ postgres, redis }: Servers, { api, worker, instances }: LivePool): Round {
  const own = process.cpuUsage();
  const groups = { api: [api], worker: [worker], simulators: instances, postgres: [postgres] };
  const read = Object.entries({ ...groups, redis: [redis] }).map(
    ([name, services]) => [name, services.map(({ pid }) => cpuMsOf(pid))] as const,
  );
  if (read.some(([, times]) => times.includes(null))) return {};
  const sums = read.map(([name, times]) => [name, times.reduce((a, b) => (a ?? 0) + (b ?? 0), 0)]);
  return {
    ...(Object.fromEntries(sums) as Round),
    client: (own.user + own.system) / 1000,
  };
}

/** For each generation. */
function cpuSince(before: Round, after: Round, count: number): Round {
  const parts = Object.entries(after).map(
    ([name, ms]) => [name, (ms - (before[name] ?? 0)) / count] as const,
  );
  if (parts.length === 0) return {};
  return { all: parts.reduce((sum, [, ms]) => sum + ms, 0), ...Object.fromEntries(parts) };
}
