import { randomBytes } from 'node:crypto';
import { newId, type Graph } from '@avatarforge/core';
import {
  acquireLeases,
  announceObject,
  claimFinalize,
  claimShots,
  insertGeneration,
  markDispatched,
  markDispatching,
  markExecuted,
  markStarted,
  openDatabase,
  renewLeases,
  storeAttempt,
  syncInstances,
  type ClaimChoice,
  type Database,
  type Lease,
} from '@avatarforge/db';
import type { Servers } from '@avatarforge/rig';
import { startInterval, type Interval } from '@avatarforge/runtime';
import { ensureLocalUser } from '@avatarforge/services';
import { cpuMsOf } from './cpu';
import type { Round } from './rounds';

/** Instances, each driven over a connection of its own. */
const DRIVERS = 8;
/** Leases live for five seconds. */
const RENEW_MS = 1500;
const KIND = { requirement: 'bench', lane: 'none' };
const MANIFEST = [{ kind: 'image', filename: 'a.png', subfolder: 'af', type: 'output' as const }];

interface Core {
  database: Database;
  ownerId: string;
  workerId: string;
}

/**
 * From claim to completed with the statements that workers use, one after the other as they do; what exists before are the
 * generations, and objects for their outputs, each another.
 */
export async function playCore(
  { databaseUrl, postgres }: Servers,
  { graph, count }: { graph: Graph; count: number },
): Promise<Round> {
  const options = { url: databaseUrl, maxConnections: DRIVERS, onError: () => undefined };
  const database = openDatabase(options);
  try {
    const { userId: ownerId } = await ensureLocalUser({ database });
    const core = { database, ownerId, workerId: newId() };
    const leases = await takeInstances(core);
    const renewing = keepLeases(core, leases);
    await prepare(core, graph, count);
    const before = { own: process.cpuUsage(), postgres: cpuMsOf(postgres.pid) };
    const startedAt = performance.now();
    await Promise.all(leases.map((lease) => drive(core, lease)));
    const perSecond = (count * 1000) / (performance.now() - startedAt);
    const own = process.cpuUsage(before.own);
    const ofPostgres = cpuMsOf(postgres.pid);
    await renewing.stop();
    await requireCompleted(core);
    return {
      per_second: perSecond,
      client: (own.user + own.system) / 1000 / count,
      ...(ofPostgres !== null && { postgres: (ofPostgres - (before.postgres ?? 0)) / count }),
    };
  } finally {
    await database.close();
  }
}

/** New ones, in place of those that were there. */
async function takeInstances({ database, workerId }: Core): Promise<Lease[]> {
  const urls = Array.from({ length: DRIVERS }, () => `http://${newId()}`);
  await syncInstances(database, urls);
  const leases = await acquireLeases(database, workerId);
  return leases.filter(({ url }) => urls.includes(url));
}

function keepLeases({ database, workerId }: Core, leases: Lease[]): Interval {
  return startInterval({
    name: 'leases',
    everyMs: RENEW_MS,
    run: () => renewLeases(database, workerId, leases),
    onError: (error) => {
      throw error;
    },
  });
}

async function prepare({ database, ownerId }: Core, graph: Graph, count: number): Promise<void> {
  let left = count;
  const insertNext = async () => {
    while (left-- > 0) {
      await announceObject(database, keyOf(await insertOne(database, ownerId, graph)));
    }
  };
  await Promise.all(Array.from({ length: DRIVERS }, insertNext));
  await database.query('VACUUM ANALYZE');
}

async function insertOne(database: Database, ownerId: string, graph: Graph): Promise<string> {
  const id = newId();
  const shot = { id: newId(), ...KIND, view: null, seed: 1, graph, uploads: [], avoid: [] };
  await insertGeneration(database, {
    ...{ id, ownerId, prompt: 'a warrior', negativePrompt: '', inputs: {}, request: {} },
    ...{ workflow: 'text-to-image-sd15', notes: [], retryOf: null, files: [], shots: [shot] },
  });
  return id;
}

const keyOf = (generationId: string): string => `bench/${generationId}`;

/** Until nothing waits. */
async function drive(core: Core, lease: Lease): Promise<void> {
  const { database, ownerId, workerId } = core;
  const times = { limit: 1, placement: 'warm', isCold: false, estMs: 1, warmElsewhere: 0 } as const;
  const choices: ClaimChoice[] = [{ ...KIND, ...times, ownerId }];
  for (;;) {
    const claim = { workerId, lease, clientId: 'bench', count: 1, choices };
    const attempt = (await claimShots(database, claim))?.[0];
    if (!attempt) break;
    const { attemptId: id } = attempt;
    const { epoch } = lease;
    await markDispatching(database, id, epoch);
    await markDispatched(database, id, epoch);
    await markStarted(database, id, epoch);
    await markExecuted(database, { id, epoch, manifest: MANIFEST, gpuMs: 1 });
    await finalizeNext(core);
  }
  // What another driver was about to take when this one looked.
  while (await finalizeNext(core));
}

/** The one that waits longest, which may be of another driver; false: none waits. */
async function finalizeNext({ database, workerId }: Core): Promise<boolean> {
  const due = await claimFinalize(database, workerId);
  if (!due) return false;
  const file = { mime_type: 'image/png', width: 64, height: 64, filename: 'a.png', size: 1000 };
  const output = {
    ...{ ordinal: 0, file_id: newId(), sha256: randomBytes(32).toString('hex') },
    ...{ object_key: keyOf(due.generationId), ...file },
  };
  return storeAttempt(database, { attemptId: due.attemptId, outputs: [output] });
}

async function requireCompleted({ database }: Core): Promise<void> {
  const lost = await database.query(
    `SELECT 1 FROM generations WHERE status <> 'completed' LIMIT 1`,
  );
  if (lost.length > 0) throw new Error('not all generations were completed');
}
