import { AppError } from '@avatarforge/core';
import { afterTests, eventually } from '@avatarforge/testing';
import { givenSystem, type System } from './fixtures/givenSystem';

let system: System;

beforeAll(async () => {
  system = await givenSystem();
  const worker = await system.startWorker();
  afterTests(() => worker.release());
}, 60_000);

async function attemptOf(generationId: string): Promise<string | null> {
  const [attempt] = await system.database.query<{ id: string }>(
    'SELECT a.id FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE s.generation_id = $1',
    [generationId],
  );
  return attempt?.id ?? null;
}

/** Cancels when the run is found to be over, for which it looks every so often. Gives what the answer says will come. */
async function cancelAfterRun(generationId: string, everyMs: number): Promise<string> {
  const timeoutMs = 60_000;
  const attemptId = await eventually(() => attemptOf(generationId), { timeoutMs, everyMs: 50 });
  const isDrawn = () =>
    system.sim.executions().some((run) => run.prompt_id === attemptId && run.ended_at !== null);
  await eventually(isDrawn, { timeoutMs, everyMs });
  try {
    await system.cancel(generationId);
    return 'cancelled';
  } catch (error) {
    const isOver = error instanceof AppError && ['too_late', 'wrong_state'].includes(error.code);
    if (!isOver) throw error;
    return 'completed';
  }
}

test('fifty cancels around the moment of completion: each answer comes true', async () => {
  const created = await Promise.all(
    Array.from({ length: 50 }, (_, seed) =>
      system.create({ steps: 1 + (seed % 4), seed, width: 64, height: 64 }),
    ),
  );
  const promised = await Promise.all(
    created.map(({ id }, n) => cancelAfterRun(id, 1 + (n % 10) * 6)),
  );
  const finals = await Promise.all(created.map(({ id }) => system.final(id, 60_000)));
  expect(finals.map(({ status }) => status)).toEqual(promised);
  for (const { status, outputs } of finals) {
    expect(outputs).toHaveLength(status === 'completed' ? 1 : 0);
  }
}, 120_000);
