import { setTimeout as delay } from 'node:timers/promises';
import { newId, type Graph } from '@avatarforge/core';
import { quantile } from '@avatarforge/pool-sim';
import { startServers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { smallPicture, submitMany } from './apiClient';
import type { Bench, BenchResult, Figure } from './bench';
import { readGraph, startLivePool, untilCompleted, type LivePool } from './livePool';
import { countHeld, listRuns, postPrompt, withSeed, type Run } from './rawComfy';
import { medianOf, type Round } from './rounds';

const INSTANCES = 2;
const STEP_MS = 10;
const AT_ONCE = 8;
const DEPTH = 2;
const FLOOR_LOOK_MS = 5;
/** The last runs of an instance have nothing waiting behind them. */
const LAST = 4;
const ROUND_MS = 300_000;

/** How long a GPU waits from one picture to the next. */
export const gap: Bench = {
  name: 'gap',
  about:
    `The running system: a backlog drawn by ${INSTANCES} simulated ComfyUIs, driven by one worker; the time from the end of a run to ` +
    'the start of the next, as the simulators tell it, while something waits; floor: the same simulators and graphs, each ' +
    `queue kept ${DEPTH} deep by a bare client. Runs with 200 ms of sampling, and short ones with 50 ms. All share the machine.`,
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
  const options = { releasers, instances: INSTANCES, stepMs: STEP_MS, connections: AT_ONCE };
  const pool = await startLivePool(servers, options);
  const { id } = await pool.client.submit(smallPicture(0, 1));
  await untilCompleted(pool.database, ROUND_MS);
  const graph = await readGraph(pool.database, id);
  const rounds = isQuick ? 1 : 3;
  const count = isQuick ? 100 : 240;
  const seeds = { next: 1 };
  const long = await medianOf(rounds, () => playRound(pool, { graph, steps: 20, count, seeds }));
  const short = await medianOf(rounds, () => playRound(pool, { graph, steps: 5, count, seeds }));
  return {
    ...figuresOf(long, '', { atLeast: 0.99 }),
    ...figuresOf(short, '_of_short_runs'),
  };
}

function figuresOf(round: Round, of: string, busy?: { atLeast: number }): BenchResult {
  const value = (name: string) => round[name] ?? NaN;
  const figure = (name: string): Figure => ({ name, measured: value(name) });
  const aboveFloor = value('p99') - value('floor_p99');
  return {
    [`idle_gap${of}_ms`]: [
      ...['p50', 'p99', 'max', 'floor_p50', 'floor_p99', 'floor_max'].map(figure),
      { name: 'p99_above_floor', measured: aboveFloor, target: { atMost: 5 } },
    ],
    [`busy_share${of}`]: [
      { name: 'measured', measured: value('busy'), ...(busy && { target: busy }) },
      { name: 'floor', measured: value('floor_busy') },
      { name: 'of_floor', measured: value('busy') / value('floor_busy') },
    ],
    [`run${of}_ms`]: { name: '', measured: value('run') },
  };
}

interface Play {
  graph: Graph;
  steps: number;
  /** Prompts, on all instances together. */
  count: number;
  /** No picture is drawn twice: it would be in the cache. */
  seeds: { next: number };
}

async function playRound(pool: LivePool, play: Play): Promise<Round> {
  const floor = await playFloor(pool, play);
  const ours = await playOurs(pool, play);
  const ofFloor = Object.entries(floor).map(([name, value]) => [`floor_${name}`, value]);
  return { ...ours, ...(Object.fromEntries(ofFloor) as Round) };
}

async function playOurs({ client, database, instances }: LivePool, play: Play): Promise<Round> {
  const { count, steps, seeds } = play;
  const wanted = (seed: number) => smallPicture(seed, steps);
  await submitMany(client, { from: seeds.next, count, atOnce: AT_ONCE, wanted });
  seeds.next += count;
  const submittedAt = Date.now();
  await untilCompleted(database, ROUND_MS);
  return judge(await runsSince(instances, submittedAt));
}

/** The client looks often, and posts when fewer than two are held. */
async function playFloor({ instances }: LivePool, { graph, ...play }: Play): Promise<Round> {
  const startedAt = Date.now();
  const drive = async (url: string, prompts: number) => {
    for (let n = 0; n < prompts;) {
      if ((await countHeld(url)) < DEPTH) {
        await postPrompt(url, newId(), withSteps(withSeed(graph, play.seeds.next++), play.steps));
        n += 1;
      } else await delay(FLOOR_LOOK_MS);
    }
    while ((await countHeld(url)) > 0) await delay(FLOOR_LOOK_MS);
  };
  await Promise.all(instances.map(({ url }) => drive(url, play.count / instances.length)));
  return judge(await runsSince(instances, startedAt));
}

function withSteps(graph: Graph, steps: number): Graph {
  for (const { inputs } of Object.values(graph)) if ('steps' in inputs) inputs['steps'] = steps;
  return graph;
}

/** By instance. */
async function runsSince(instances: LivePool['instances'], since: number): Promise<Run[][]> {
  const all = await Promise.all(instances.map(({ url }) => listRuns(url)));
  return all.map((runs) => runs.filter(({ startedAt }) => startedAt > since).slice(0, -LAST));
}

function judge(byInstance: Run[][]): Round {
  const gaps = byInstance.flatMap((runs) =>
    runs.slice(1).map(({ startedAt }, n) => startedAt - (runs[n]?.endedAt ?? NaN)),
  );
  const lengths = byInstance.flat().map(({ startedAt, endedAt }) => endedAt - startedAt);
  const spans = byInstance.map((runs) => (runs.at(-1)?.endedAt ?? 0) - (runs[0]?.startedAt ?? 0));
  return {
    p50: quantile(gaps, 0.5),
    p99: quantile(gaps, 0.99),
    max: Math.max(...gaps),
    busy: total(lengths) / total(spans),
    run: quantile(lengths, 0.5),
  };
}

const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
