import { eventually } from '@avatarforge/testing';
import type { StepCase } from './cases';
import { checkHistoryIsKept, checkOneEnd, checkRuns, checkStorage } from './checks';
import { givenStage, type Stage } from './stage';
import { tellStory } from './story';

/** Short enough to be over while nobody looks, and long enough to be still going on when somebody is stopped. */
const SHORT_STEPS = 10;
const LONG_STEPS = 150;
/** On a machine that has much else to do. */
const MANY_MS = 60_000;

/** Plays a case to its end, and checks what is left of it. Rejects with the whole story. */
export async function play(stepCase: StepCase): Promise<void> {
  const stage = await givenStage();
  try {
    await act(stage, stepCase);
  } catch (error) {
    const story = await tellStory(stage);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${story}`);
  } finally {
    await stage.clear();
  }
}

async function act(stage: Stage, stepCase: StepCase): Promise<void> {
  const { stop, until, cancel } = stepCase;
  const id = await startAndStop(stage, stepCase);
  const isCancelled = cancel === 'earlier' || (cancel === 'then' && (await stage.cancel(id)));
  await checkHistoryIsKept(stage);
  const lease = await readLease(stage);
  stage.startRescuer();
  await takenOver(stage, lease);

  if (stop === 'frozen') {
    if (until === 'over') await stage.final(id);
    if (until !== 'at last') letGo(stage);
    stage.workers['victim']?.thaw();
  }
  expect(await stage.final(id)).toBe(isCancelled ? 'cancelled' : 'completed');
  if (stop === 'frozen') await seeItWorkAgain(stage);
  if (until === 'at last') letGo(stage);

  await checkOneEnd(stage, { id, isCancelled });
  await checkRuns(stage, stepCase, { id, isCancelled });
  await checkStorage(stage);
}

/** Has a worker draw a picture, and stops it at the step. Gives the generation's id. */
async function startAndStop(stage: Stage, { step, side, stop, cancel }: StepCase): Promise<string> {
  const { to, sign, since, isInMidRun = cancel === 'earlier' } = step;
  const id = await stage.create(isInMidRun ? LONG_STEPS : SHORT_STEPS);
  let isStopped = false;
  const onCaught = () => {
    if (stop === 'killed') void stage.workers['victim']?.kill();
    else stage.workers['victim']?.freeze();
    isStopped = true;
  };
  stage[to].set({ since, sign, side, onCaught });
  stage.startVictim();
  if (cancel === 'earlier') {
    await eventually(() => stage.sim.executions().length > 0, { timeoutMs: MANY_MS });
    await stage.cancel(id);
  }
  await eventually(() => isStopped, { timeoutMs: MANY_MS });
  return id;
}

interface SeenLease {
  workerId: string | null;
  epoch: string;
}

async function readLease({ database }: Stage): Promise<SeenLease> {
  const [lease] = await database.query<SeenLease>(
    'SELECT worker_id AS "workerId", epoch FROM instance_leases',
  );
  return lease ?? { workerId: null, epoch: '0' };
}

/** Waits until another worker has the instance; whatever else the stopped one had claimed is free by then. */
async function takenOver(stage: Stage, before: SeenLease): Promise<void> {
  await eventually(async () => BigInt((await readLease(stage)).epoch) > BigInt(before.epoch), {
    ...{ timeoutMs: MANY_MS, everyMs: 50 },
  });
  // A claim to finalize lasts a minute, which nobody wants to wait for.
  await stage.database.query(
    'UPDATE attempts SET finalize_until = now() WHERE finalize_owner = $1',
    [before.workerId],
  );
}

/** The thawed worker is the only one left, and draws the next picture. */
async function seeItWorkAgain(stage: Stage): Promise<void> {
  await stage.workers['rescuer']?.stop();
  const next = await stage.create(SHORT_STEPS);
  expect(await stage.final(next)).toBe('completed');
}

/** What was held back arrives, whatever became of its sender. */
function letGo({ postgres, comfyui }: Stage): void {
  postgres.letGo();
  comfyui.letGo();
}
