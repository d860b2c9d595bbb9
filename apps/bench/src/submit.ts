import type { ChildProcess } from 'node:child_process';
import type { Database } from '@avatarforge/db';
import { median, quantile } from '@avatarforge/pool-sim';
import { startServers, type Servers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { createApiKey } from '@avatarforge/services';
import type { BareOrder } from './bare';
import type { Bench, BenchResult, Figure } from './bench';
import { askChild, startChild } from './childProgram';
import { cpuMsOf } from './cpu';
import { startLivePool, type LivePool } from './livePool';
import type { LoadOrder, LoadResult } from './submitLoad';

const CONNECTIONS = 32;
/** Each far below the number of pictures that one may have waiting. */
const OWNERS = 50;

/** What it costs to accept a generation. */
export const submit: Bench = {
  name: 'submit',
  about:
    `The running system, Postgres syncing every commit to disk, no worker: POST /v1/generations over ${CONNECTIONS} connections of ${OWNERS} ` +
    'users with keys, in turn with a bare Express handler that writes one row and adds one job; both answer when it is ' +
    'durable. Client, API, Postgres and Redis share the machine.',
  async run({ isQuick }): Promise<BenchResult> {
    const releasers = createReleasers({ log: { error: () => undefined } });
    try {
      return await measure(releasers, isQuick);
    } finally {
      await releasers.release();
    }
  },
};

interface Rig {
  servers: Servers;
  load: ChildProcess;
  /** Kept down to what a round writes. */
  database: Database;
  seconds: number;
}

/** Something that accepts generations. */
interface Target extends Pick<LoadOrder, 'port' | 'path' | 'keys' | 'isIdempotent'> {
  pid: number;
}

async function measure(releasers: Releasers, isQuick: boolean): Promise<BenchResult> {
  const servers = await startServers(releasers, { isDurable: true });
  const { database } = servers;
  const ours = await startOurs(servers, releasers);
  const bare = await startBare(servers, releasers);
  const withKey = { ...ours, isIdempotent: true };
  const load = startChild('submitLoad', releasers);
  const rig: Rig = { servers, load, database, seconds: isQuick ? 3 : 8 };
  const targets = [bare, ours, withKey];
  for (const target of targets) await play(rig, target);
  const rounds: Round[][] = [];
  for (let n = 0; n < (isQuick ? 3 : 5); n += 1) {
    const round: Round[] = [];
    for (const target of targets) round.push(await play(rig, target));
    rounds.push(round);
  }
  const [bareMost, oursMost, withKeyMost] = targets.map((_, n) =>
    median(rounds.map((round) => round[n]?.perSecond ?? NaN)),
  );
  const atHalf: Round[] = [];
  for (let n = 0; n < 3; n += 1) atHalf.push(await play(rig, ours, (oursMost ?? 0) / 2));
  const ratio = (n: number) =>
    median(rounds.map((round) => (round[n]?.perSecond ?? NaN) / (round[0]?.perSecond ?? NaN)));
  return {
    ratio_to_bare: { name: '', measured: ratio(1), target: { atLeast: 0.6 } },
    ratio_to_bare_with_idempotency_key: { name: '', measured: ratio(2) },
    per_second: [
      { name: 'ours', measured: oursMost ?? NaN },
      { name: 'with_idempotency_key', measured: withKeyMost ?? NaN },
      { name: 'bare', measured: bareMost ?? NaN },
    ],
    p99_ms: { name: '', measured: medianOf(atHalf, 'p99'), target: { atMost: 25 } },
    at_half_load_ms: [
      { name: 'p50', measured: medianOf(atHalf, 'p50') },
      { name: 'p99', measured: medianOf(atHalf, 'p99') },
    ],
    cpu_ms: cpuFigures(
      'ours',
      rounds.map((round) => round[1]),
    ),
    cpu_ms_bare: cpuFigures(
      'bare',
      rounds.map((round) => round[0]),
    ),
  };
}

/** A pool is known, so that graphs are checked; nothing draws. */
async function startOurs(servers: Servers, releasers: Releasers): Promise<Target> {
  const pool: LivePool = await startLivePool(servers, {
    ...{ releasers, instances: 1, stepMs: 0, connections: 1 },
  });
  await pool.worker.stop();
  await Promise.all(pool.instances.map((instance) => instance.stop()));
  const keys: string[] = [];
  for (let n = 0; n < OWNERS; n += 1) {
    const owner = { userName: `user ${n}`, role: 'user', name: 'bench' } as const;
    keys.push((await createApiKey({ database: servers.database }, owner)).key);
  }
  const port = Number(new URL(pool.api.url).port);
  return { pid: pool.api.pid, port, path: '/v1/generations', keys, isIdempotent: false };
}

async function startBare(servers: Servers, releasers: Releasers): Promise<Target> {
  const { database, databaseUrl, redisUrl } = servers;
  const [user] = await database.query<{ id: string }>('SELECT id FROM users LIMIT 1');
  const child = startChild('bare', releasers);
  const order: BareOrder = { databaseUrl, redisUrl, ownerId: user?.id ?? '' };
  const port = await askChild<number>(child, order);
  return { pid: child.pid ?? NaN, port, path: '/generations', keys: [''], isIdempotent: false };
}

interface Round {
  perSecond: number;
  p50: number;
  p99: number;
  /** Milliseconds for each request; null where the system does not tell. */
  cpu: { server: number; postgres: number } | null;
}

/** One round, with empty tables. */
async function play(rig: Rig, { pid, ...target }: Target, perSecond?: number): Promise<Round> {
  const { servers, load, database, seconds } = rig;
  await database.query('TRUNCATE generations, outbox, events CASCADE');
  await database.query('CHECKPOINT');
  const before = readCpu(pid, servers);
  const order: LoadOrder = {
    ...{ ...target, seconds, connections: CONNECTIONS },
    ...(perSecond !== undefined && { perSecond }),
  };
  const result = await askChild<LoadResult>(load, order);
  const after = readCpu(pid, servers);
  const each = (ms: number) => ms / result.took.length;
  return {
    perSecond: result.perSecond,
    p50: quantile(result.took, 0.5),
    p99: quantile(result.took, 0.99),
    cpu: before &&
      after && {
        server: each(after.server - before.server),
        postgres: each(after.postgres - before.postgres),
      },
  };
}

function readCpu(pid: number, { postgres }: Servers): Round['cpu'] {
  const [server, ofPostgres] = [cpuMsOf(pid), cpuMsOf(postgres.pid)];
  return server === null || ofPostgres === null ? null : { server, postgres: ofPostgres };
}

const medianOf = (rounds: Round[], name: 'p50' | 'p99') =>
  median(rounds.map((round) => round[name]));

function cpuFigures(server: string, rounds: (Round | undefined)[]): Figure[] {
  const known = rounds.flatMap((round) => round?.cpu ?? []);
  if (known.length === 0) return [];
  return [
    { name: server === 'ours' ? 'api' : 'bare', measured: median(known.map((cpu) => cpu.server)) },
    { name: 'postgres', measured: median(known.map((cpu) => cpu.postgres)) },
  ];
}
