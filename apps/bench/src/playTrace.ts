import { setTimeout as delay } from 'node:timers/promises';
import { CreateGeneration } from '@avatarforge/contracts';
import { newId } from '@avatarforge/core';
import { waitUntil } from '@avatarforge/embedded';
import type { Outcome, Workload } from '@avatarforge/pool-sim';
import { createApiKey, createGeneration, type ServiceContext } from '@avatarforge/services';
import { readOutcomes } from './traceOutcomes';
import { teachTimes } from './teachTimes';
import { toGraph } from './traceGraph';
import type { TracePool } from './tracePool';

/** What comes this soon is there when the pool opens. */
const AT_ONCE_MS = 50;
const CLIENTS = 8;
const LOOK_MS = 100;
/** Nothing here takes this long. */
const END_MS = 600_000;

/** A trace under way: its shots' generations, in the order of the shots. */
interface Playing {
  trace: Workload;
  contexts: Map<string, ServiceContext>;
  generationIds: string[];
}

/**
 * Plays a trace on the running system, which knows how long its lanes take. What comes at once is there before the pool opens; all else is submitted when it
 * is due. Gives what became of each shot, as the policy simulator does, in milliseconds since the pool opened.
 * @throws Error when a generation is not completed
 */
export async function playTrace(pool: TracePool, trace: Workload): Promise<Outcome[]> {
  await teachTimes(pool, trace);
  const contexts = await createOwners(pool, trace);
  const playing: Playing = { trace, contexts, generationIds: [] };
  const dues = trace.shots.map(({ arrivalMs }, index) => ({ arrivalMs, index }));
  await pool.database.query('UPDATE instances SET drain = true');
  const first = dues.filter(({ arrivalMs }) => arrivalMs <= AT_ONCE_MS);
  await submitAtOnce(pool, playing, first);
  const openedAt = await open(pool);
  const pending: Promise<void>[] = [];
  for (const { arrivalMs, index } of dues.slice(first.length)) {
    await delay(openedAt + arrivalMs - Date.now());
    const submitted = submit(pool, playing, index);
    // A failure is thrown below, when all have been submitted.
    submitted.catch(() => undefined);
    pending.push(submitted);
  }
  await Promise.all(pending);
  await untilOver(pool);
  return readOutcomes(pool, { ...playing, openedAt });
}

/** New ones for each trace: nobody has had anything of the GPUs. */
async function createOwners(
  { database }: TracePool,
  { shots }: Workload,
): Promise<Map<string, ServiceContext>> {
  const contexts = new Map<string, ServiceContext>();
  for (const owner of new Set(shots.map((shot) => shot.owner))) {
    const user = { userName: `${owner} ${newId()}`, role: 'user', name: 'bench' } as const;
    const { userId } = await createApiKey({ database }, user);
    contexts.set(owner, { userId, scopes: ['generations:write'] });
  }
  return contexts;
}

async function submitAtOnce(
  pool: TracePool,
  playing: Playing,
  dues: readonly { index: number }[],
): Promise<void> {
  const left = [...dues];
  const submitInTurn = async () => {
    for (let due = left.shift(); due; due = left.shift()) await submit(pool, playing, due.index);
  };
  await Promise.all(Array.from({ length: CLIENTS }, submitInTurn));
}

/** Rings as a request would that came this moment. */
async function open({ database, bell }: TracePool): Promise<number> {
  await database.query('UPDATE instances SET drain = false');
  const openedAt = Date.now();
  await bell.ring([{ shotId: newId(), tries: 0, instanceClass: 'default' }]);
  return openedAt;
}

async function submit({ deps }: TracePool, playing: Playing, index: number): Promise<void> {
  const { trace, contexts, generationIds } = playing;
  const shot = trace.shots[index];
  const ctx = contexts.get(shot?.owner ?? '');
  if (!shot || !ctx) throw new Error(`the trace has no shot ${index}`);
  const graph = toGraph(shot.lane, { runMs: shot.runMs, seed: index });
  const created = await createGeneration(deps, { ctx, input: CreateGeneration.parse({ graph }) });
  generationIds[index] = created.generation.id;
}

async function untilOver({ database }: TracePool): Promise<void> {
  const isOver = async () => {
    const open = await database.query(
      `SELECT 1 FROM generations WHERE status IN ('queued', 'processing') LIMIT 1`,
    );
    return open.length === 0;
  };
  if (await waitUntil(isOver, { timeoutMs: END_MS, everyMs: LOOK_MS })) return;
  throw new Error(`the trace is not over after ${END_MS / 1000} s`);
}
