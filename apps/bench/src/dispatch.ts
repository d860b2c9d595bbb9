import { setTimeout as delay } from 'node:timers/promises';
import { newId, type Graph } from '@avatarforge/core';
import { quantile } from '@avatarforge/pool-sim';
import { startServers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { smallPicture, type Accepted } from './apiClient';
import type { Bench, BenchResult } from './bench';
import { listenForEnds, type EndListener } from './endListener';
import { readGraph, startLivePool, untilCompleted, type LivePool } from './livePool';
import { listRuns, postPrompt, withSeed } from './rawComfy';
import { medianOf, type Round } from './rounds';

const STEPS = 5;
const STEP_MS = 5;
/** An idle pool: the one before is long over, and nothing is in step with anything. */
const PAUSE_MS = { least: 50, spread: 150 };
const END_MS = 60_000;

/** How soon an idle pool begins. */
export const dispatch: Bench = {
  name: 'dispatch',
  about:
    'The running system: one generation at a time, by HTTP, to an idle pool of one simulated ComfyUI; from the request to 202, to ' +
    'the prompt accepted by the instance (as the attempt tells), and to its end as a stream of events tells it, less the run ' +
    'itself; floor: the same graph posted to the instance by a bare client. All share the machine.',
  async run({ isQuick }): Promise<BenchResult> {
    const releasers = createReleasers({ log: { error: () => undefined } });
    try {
      return await measure(releasers, isQuick);
    } finally {
      await releasers.release();
    }
  },
};

async function measure(releasers: Releasers, isQuick: boolean): Promise<BenchResult> {
  const servers = await startServers(releasers);
  const pool = await startLivePool(servers, {
    ...{ releasers, instances: 1, stepMs: STEP_MS, connections: 1 },
  });
  const ends = await listenForEnds(pool, releasers);
  const { id } = await pool.client.submit(smallPicture(0, STEPS));
  await untilCompleted(pool.database, END_MS);
  const graph = await readGraph(pool.database, id);
  const seeds = { next: 1 };
  const count = isQuick ? 30 : 100;
  const round = await medianOf(isQuick ? 1 : 3, () =>
    playRound({ pool, ends, graph, seeds, count }),
  );
  return toResult(round);
}

function toResult(round: Round): BenchResult {
  const figure = (name: string, of: string) => ({ name, measured: round[of] ?? NaN });
  const above = (part: string) =>
    (round[`dispatch_${part}`] ?? NaN) - (round[`floor_${part}`] ?? NaN);
  return {
    accept_ms: [figure('p50', 'accept_p50'), figure('p99', 'accept_p99')],
    dispatch_ms: [
      figure('p50', 'dispatch_p50'),
      figure('p99', 'dispatch_p99'),
      figure('floor_p50', 'floor_p50'),
      figure('floor_p99', 'floor_p99'),
      { name: 'p50_above_floor', measured: above('p50'), target: { atMost: 10 } },
      { name: 'p99_above_floor', measured: above('p99'), target: { atMost: 50 } },
    ],
    overhead_ms: [figure('p50', 'overhead_p50'), figure('p99', 'overhead_p99')],
  };
}

interface Play {
  pool: LivePool;
  ends: EndListener;
  graph: Graph;
  /** No picture is drawn twice: it would be in the cache. */
  seeds: { next: number };
  count: number;
}

async function playRound(play: Play): Promise<Round> {
  const floor = await playFloor(play);
  const { pool, ends, seeds, count } = play;
  const accepted: (Accepted & { endedAt: number })[] = [];
  for (let n = 0; n < count; n += 1) {
    const one = await pool.client.submit(smallPicture(seeds.next++, STEPS));
    const endedAt = await ends.endOf(one.id);
    accepted.push({ ...one, endedAt });
    await pause();
  }
  const steps = await readSteps(pool, accepted);
  const accepts = accepted.map(({ acceptMs }) => acceptMs);
  return {
    ...{ accept_p50: quantile(accepts, 0.5), accept_p99: quantile(accepts, 0.99) },
    ...spread(
      'dispatch',
      steps.map(({ dispatchMs }) => dispatchMs),
    ),
    ...spread(
      'overhead',
      steps.map(({ overheadMs }) => overheadMs),
    ),
    ...spread('floor', floor),
  };
}

const spread = (name: string, values: number[]): Round => ({
  [`${name}_p50`]: quantile(values, 0.5),
  [`${name}_p99`]: quantile(values, 0.99),
});

const pause = () => delay(PAUSE_MS.least + PAUSE_MS.spread * Math.random());

/** Milliseconds from a POST to its answer. */
async function playFloor({ pool, graph, seeds, count }: Play): Promise<number[]> {
  const url = pool.instances[0]?.url ?? '';
  const took: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const prompt = withSeed(graph, seeds.next++);
    const startedAt = performance.now();
    await postPrompt(url, newId(), prompt);
    took.push(performance.now() - startedAt);
    await pause();
  }
  return took;
}

async function readSteps(
  { database, instances }: LivePool,
  accepted: (Accepted & { endedAt: number })[],
): Promise<{ dispatchMs: number; overheadMs: number }[]> {
  const rows = await database.query<{ id: string; attemptId: string; dispatchedAt: Date }>(
    `SELECT s.generation_id AS id, a.id AS "attemptId", a.dispatched_at AS "dispatchedAt"
       FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE s.generation_id = ANY ($1)`,
    [accepted.map(({ id }) => id)],
  );
  const runs = await listRuns(instances[0]?.url ?? '');
  return accepted.map(({ id, askedAt, endedAt }) => {
    const attempt = rows.find((row) => row.id === id);
    const run = runs.find(({ promptId }) => promptId === attempt?.attemptId);
    if (!attempt || !run) throw new Error('a generation was completed without a run');
    const runMs = run.endedAt - run.startedAt;
    return {
      dispatchMs: attempt.dispatchedAt.getTime() - askedAt,
      overheadMs: endedAt - askedAt - runMs,
    };
  });
}
