import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@avatarforge/embedded';
import { randomFrom } from '@avatarforge/pool-sim';
import type { Releasers } from '@avatarforge/runtime';
import { plantCanary } from './audit/canary';
import type { Evidence, Execution, FaultRecord, Recovery } from './audit/evidence';
import { gather } from './audit/gather';
import { findRecoveries } from './audit/recoveries';
import { FAULTS, type Fault, type World } from './faults';
import { startInstallation, type Installation } from './installation';
import { watchLeases } from './leaseWatch';
import { startLoad, type Load } from './load';
import type { Canary, ChaosOptions } from './options';
import { startRecorder } from './recorder';
import { startFaults } from './schedule';
import { settle } from './settle';

const SIZE = { apis: 2, workers: 3, instances: 6 };
const STEPS = 5;
/** Enough that no instance waits for work. */
const BACKLOG = 8 * SIZE.instances;
/** What share of the time the instances are expected to work while they are being broken. */
const EXPECTED_SHARE = 0.5;
const SHOTS_EACH = 1.25;
const WARM_MS = 5000;

/** A stretch of time, milliseconds since 1970. */
export interface Phase {
  name: 'calm' | 'faults' | 'after';
  from: number;
  to: number;
}

/** What a run leaves to be looked at. */
export interface Outcome {
  evidence: Evidence;
  recoveries: readonly Recovery[];
  phases: readonly Phase[];
  /** Requests that were answered 4xx, which none of them deserved. */
  refusals: readonly string[];
  /** Kinds that cannot be made on this machine: `kind: why`. */
  notRun: readonly string[];
  /** Processes that ended by themselves, and the last they wrote. */
  ownEnds: readonly { name: string; tail: string }[];
}

/** Starts everything, breaks it, lets it come to rest. `say` takes one line of progress at a time. */
export async function runChaos(
  releasers: Releasers,
  options: ChaosOptions,
  say: (line: string) => void,
): Promise<Outcome> {
  const stepMs = stepMsFor(options);
  say(`starting ${SIZE.apis} APIs, ${SIZE.workers} workers, ${SIZE.instances} instances`);
  const installation = await startInstallation(releasers, {
    ...SIZE,
    ...{ storage: options.storage, stepMs },
  });
  const recorder = await startRecorder(releasers);
  const { database } = installation.servers;
  const watch = watchLeases(database);
  releasers.push('lease watch', () => watch.stop(), { timeoutMs: 5000 });
  const load = await startLoad({
    ...{ urls: installation.apis.map(({ url }) => url), database, recorder },
    ...{ random: randomFrom(options.seed + 1), backlog: BACKLOG, steps: STEPS },
  });
  const world = { ...installation, recorder, random: randomFrom(options.seed) };
  const { phases, records } = await playPhases(world, load, { ...options, say });
  await load.stop();
  say(`asked for ${load.asked.length}; waiting until all is done`);
  await settle(installation, say);
  await watch.stop();
  if (options.canary) say(`canary: ${await plant(options.canary, installation)}`);
  const { direct } = installation.store;
  return {
    evidence: {
      ...(await gather(database, direct)),
      ...{ asked: load.asked, received: recorder.received, faults: records },
      executions: await readExecutions(installation),
    },
    recoveries: findRecoveries(records, watch.spans),
    ...{ phases, refusals: load.refusals, notRun: notRunOn(world) },
    ownEnds: processesOf(installation).flatMap((kept) =>
      kept.ownEnds().map((tail) => ({ name: kept.name, tail })),
    ),
  };
}

async function plant(canary: Canary, { servers, store, instances }: Installation): Promise<string> {
  const instanceUrl = instances[0]?.directUrl ?? '';
  const { database } = servers;
  return plantCanary(canary, { database, storage: store.direct, instanceUrl });
}

/** So that generations and faults come to their ends at about the same time. */
function stepMsFor({ generations, faults, every, calm }: ChaosOptions): number {
  const seconds = faults * every + 2 * calm;
  const perSecond = (generations * SHOTS_EACH) / Math.max(seconds, 1);
  const runMs = (1000 * SIZE.instances * EXPECTED_SHARE) / Math.max(perSecond, 0.1);
  return Math.round(Math.min(Math.max(runMs / STEPS, 5), 400));
}

const processesOf = ({ apis, workers, instances, postgres, redis }: Installation) => [
  ...apis,
  ...workers,
  ...instances,
  postgres,
  redis,
];

/** @throws Error that names the kind there is not */
function chosen(kinds: ChaosOptions['kinds']): readonly Fault[] {
  const unknown = kinds?.find((kind) => FAULTS.every((fault) => fault.kind !== kind));
  if (unknown !== undefined) throw new Error(`there is no fault "${unknown}"; see --help`);
  return FAULTS.filter(({ kind }) => kinds === null || kinds.includes(kind));
}

const refusalOf = (fault: Fault, world: World): string | null => fault.refusal?.(world) ?? null;

const notRunOn = (world: World): string[] =>
  FAULTS.flatMap((fault) => {
    const why = refusalOf(fault, world);
    return why === null ? [] : [`${fault.kind}: ${why}`];
  });

/** Some time without faults, the faults, and as much time without them again. */
async function playPhases(
  world: World,
  load: Load,
  options: ChaosOptions & { say: (line: string) => void },
): Promise<{ phases: Phase[]; records: readonly FaultRecord[] }> {
  const { calm, say } = options;
  const phases: Phase[] = [];
  const during = async (name: Phase['name'], work: () => Promise<void>) => {
    const from = Date.now();
    await work();
    phases.push({ name, from, to: Date.now() });
  };
  await delay(WARM_MS);
  say(`${calm} s without faults`);
  await during('calm', () => delay(calm * 1000));
  say(`${options.faults} faults, one every ${options.every} s`);
  const faults = startFaults(
    world,
    chosen(options.kinds).filter((fault) => refusalOf(fault, world) === null),
    {
      ...{ count: options.faults, everyMs: options.every * 1000 },
      onFault({ kind, target }) {
        say(`${faults.records.length}/${options.faults} ${kind}: ${target}`);
      },
    },
  );
  await during('faults', async () => {
    await faults.made;
    await waitUntil(() => load.asked.length >= options.generations, {
      ...{ timeoutMs: Infinity, everyMs: 200 },
    });
  });
  await faults.mend();
  say(`all mended; ${calm} s without faults`);
  await delay(WARM_MS);
  await during('after', () => delay(calm * 1000));
  return { phases, records: faults.records };
}

interface SimExecution {
  prompt_id: string;
  started_at: string;
  ended_at: string | null;
  outcome: Execution['outcome'];
}

async function readExecutions({ instances }: Installation): Promise<Execution[]> {
  const all = await Promise.all(
    instances.map(async ({ name, directUrl }) => {
      const answer = await fetch(`${directUrl}/sim/executions`);
      const executions = (await answer.json()) as SimExecution[];
      return executions.map(({ prompt_id, outcome, started_at, ended_at }) => ({
        ...{ instance: name, prompt_id, outcome, started_at: Date.parse(started_at) },
        ended_at: ended_at === null ? null : Date.parse(ended_at),
      }));
    }),
  );
  return all.flat();
}
