import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@avatarforge/core';
import { relayEvents, type Database } from '@avatarforge/db';
import { waitUntil } from '@avatarforge/embedded';
import { quantile } from '@avatarforge/pool-sim';
import { createLiveChannel, type LiveChannel } from '@avatarforge/queue';
import { startApi, startServers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { createApiKey } from '@avatarforge/services';
import type { Bench, BenchResult, Figure } from './bench';
import { medianOf, type Round } from './rounds';
import type { Heard, ReadersOrder } from './streamReaders';

const GENERATIONS = 100;
const READER_PROCESSES = 2;
/** One of each generation. */
const PROGRESS_PER_S = 100;
const CHANGES_PER_S = 10;
const STOP_MS = 10_000;
/** For what was sent last to arrive. */
const SETTLE_MS = 1000;
const FULL = { subscribers: 10_000, seconds: 10, rounds: 3 };
const QUICK = { subscribers: 1000, seconds: 5, rounds: 1 };

interface Watched {
  id: string;
  ownerId: string;
  key: string;
}

/** What live updates cost, and how late they are. */
export const progress: Bench = {
  name: 'progress',
  about:
    `The running system: subscribers by server-sent events to ${GENERATIONS} generations of as many users, at one API process; ` +
    `${PROGRESS_PER_S} progress messages and ${CHANGES_PER_S} state changes a second, each to all who watch its generation. ` +
    'Publisher, API, readers, Postgres and Redis share the machine.',
  async run({ isQuick }): Promise<BenchResult> {
    const releasers = createReleasers({ log: { error: () => undefined } });
    try {
      return await measure(releasers, isQuick ? QUICK : FULL);
    } finally {
      await releasers.release();
    }
  },
};

async function measure(
  releasers: Releasers,
  { subscribers, seconds, rounds }: { subscribers: number; seconds: number; rounds: number },
): Promise<BenchResult> {
  const { database, channel, port } = await startSystem(releasers);
  const watched = await createWatched(database);
  const before = await readUsage(port);
  const readers = await startReaders(releasers, { port, watched, subscribers });
  const idle = await readUsage(port);
  await askReaders(readers);
  const round = await medianOf(rounds, () =>
    playRound({ database, channel, watched, seconds }, { port, readers, subscribers }),
  );
  const after = await readUsage(port);
  const figure = (name: string, of: string): Figure => ({ name, measured: round[of] ?? NaN });
  const kbEach = ((idle.rssMb - before.rssMb) * 1024) / subscribers;
  return {
    subscribers: { name: '', measured: subscribers },
    lag_ms: [
      figure('p50', 'progress_p50'),
      { ...figure('p99', 'progress_p99'), target: { atMost: 250 } },
      figure('received_share', 'progress_share'),
    ],
    state_change_lag_ms: [
      figure('p50', 'changes_p50'),
      figure('p99', 'changes_p99'),
      figure('received_share', 'changes_share'),
    ],
    floor_lag_ms: [figure('p99', 'floor_p99')],
    rss_mb: { name: '', measured: after.rssMb },
    rss_kb_per_subscriber: { name: '', measured: kbEach },
    api: [
      { name: 'rss_before_mb', measured: before.rssMb },
      { name: 'rss_idle_mb', measured: idle.rssMb },
      figure('cpu_cores', 'cpu_cores'),
      figure('messages_per_s', 'messages_per_s'),
    ],
  };
}

/** Publishes for a while, and asks what arrived. */
async function playRound(
  publishing: Publishing,
  { port, readers, subscribers }: { port: number; readers: ChildProcess[]; subscribers: number },
): Promise<Round> {
  const before = await readUsage(port);
  const startedAt = performance.now();
  const sent = await publish(publishing);
  const took = (performance.now() - startedAt) / 1000;
  await delay(SETTLE_MS);
  const after = await readUsage(port);
  const heard = await askReaders(readers);
  const each = subscribers / GENERATIONS;
  const lags = (of: keyof Heard): number[] => heard.flatMap((one) => one[of]);
  const spread = (of: 'progress' | 'changes'): Round => ({
    [`${of}_p50`]: quantile(lags(of), 0.5),
    [`${of}_p99`]: quantile(lags(of), 0.99),
    [`${of}_share`]: lags(of).length / (sent[of] * each),
  });
  return {
    ...spread('progress'),
    ...spread('changes'),
    floor_p99: quantile(lags('floor'), 0.99),
    cpu_cores: (after.cpuS - before.cpuS) / (took + SETTLE_MS / 1000),
    messages_per_s: ((sent.progress + sent.changes) * each) / took,
  };
}

async function startSystem(releasers: Releasers) {
  const servers = await startServers(releasers);
  const { database, redisUrl } = servers;
  const port = Number(new URL((await startApi(servers, { releasers })).url).port);
  const channel = createLiveChannel({ redisUrl, log: { warn: () => undefined } });
  releasers.push('channel', () => channel.close(), { timeoutMs: STOP_MS });
  if (!(await waitUntil(() => channel.isSettled(), { timeoutMs: STOP_MS }))) {
    throw new Error('Redis does not answer');
  }
  return { database, channel, port };
}

async function createWatched(database: Database): Promise<Watched[]> {
  const watched: Watched[] = [];
  for (let n = 0; n < GENERATIONS; n += 1) {
    const owner = { userName: `user ${n}`, role: 'user', name: 'bench' } as const;
    const { key, userId: ownerId } = await createApiKey({ database }, owner);
    const id = newId();
    await database.query(
      `INSERT INTO generations (id, owner_id, status, prompt, negative_prompt, inputs, workflow, notes, shots_total, started_at)
         VALUES ($1, $2, 'processing', 'a warrior', '', '{}', 'text-to-image-sd15', '{}', 1, now())`,
      [id, ownerId],
    );
    watched.push({ id, ownerId, key });
  }
  return watched;
}

async function startReaders(
  releasers: Releasers,
  { port, watched, subscribers }: { port: number; watched: Watched[]; subscribers: number },
): Promise<ChildProcess[]> {
  const readers = Array.from({ length: READER_PROCESSES }, () =>
    fork(join(__dirname, 'streamReaders.js')),
  );
  releasers.push('readers', () => Promise.resolve(readers.map((reader) => reader.kill())), {
    timeoutMs: STOP_MS,
  });
  const order: ReadersOrder = { port, watched, count: subscribers / READER_PROCESSES };
  await Promise.all(
    readers.map(async (reader) => {
      const connected = once(reader, 'message');
      reader.send(order);
      await connected;
    }),
  );
  return readers;
}

async function askReaders(readers: ChildProcess[]): Promise<Heard[]> {
  return Promise.all(
    readers.map(async (reader) => {
      const answer = once(reader, 'message');
      reader.send('tell');
      const [heard] = (await answer) as [Heard];
      return heard;
    }),
  );
}

interface Publishing {
  database: Database;
  channel: LiveChannel;
  watched: Watched[];
  seconds: number;
}

/** Evenly spread. Gives how much was sent. */
async function publish({ database, channel, watched, seconds }: Publishing) {
  const sent = { progress: 0, changes: 0 };
  const ticks = seconds * PROGRESS_PER_S;
  const startedAt = performance.now();
  const pending: Promise<unknown>[] = [];
  for (let tick = 0; tick < ticks; tick += 1) {
    const one = watched[tick % watched.length];
    if (!one) break;
    const at = new Date().toISOString();
    const known = { shot: 0, share: tick / ticks, node: '3', step: 1, steps: 20, at };
    pending.push(channel.publish(one.ownerId, { generation_id: one.id, ...known }));
    sent.progress += 1;
    if (tick % (PROGRESS_PER_S / CHANGES_PER_S) === 0) {
      pending.push(change(database, channel, one.id));
      sent.changes += 1;
    }
    await delay(startedAt + ((tick + 1) * 1000) / PROGRESS_PER_S - performance.now());
  }
  await Promise.all(pending);
  return sent;
}

/** As a worker does it: the change and its event, the relay, the nudge. */
async function change(database: Database, channel: LiveChannel, id: string): Promise<void> {
  const sent = JSON.stringify({ sent_at: new Date().toISOString() });
  await database.query(`SELECT announce($1, 'generation.started', $2::jsonb)`, [id, sent]);
  await relayEvents(database, { publicUrl: '', most: 500 });
  channel.nudge();
}

async function readUsage(port: number): Promise<{ rssMb: number; cpuS: number }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const value = (name: string) =>
    Number(new RegExp(`^avatarforge_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    rssMb: value('process_resident_memory_bytes') / 1024 ** 2,
    cpuS: value('process_cpu_seconds_total'),
  };
}
