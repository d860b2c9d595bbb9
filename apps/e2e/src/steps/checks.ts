import { ATTEMPT_TRANSITIONS, GENERATION_TRANSITIONS } from '@avatarforge/core';
import { findUnknownObjects } from '@avatarforge/db';
import { eventually } from '@avatarforge/testing';
import type { StepCase } from './cases';
import { readChanges, type Change } from './changes';
import { postedPrompts } from './servers';
import type { Stage } from './stage';

/** Whoever is stopped before a run is written down as executed has not made ComfyUI forget it. */
export async function checkHistoryIsKept({ database, sim, comfyui }: Stage): Promise<void> {
  const drawn = sim.executions().filter(({ outcome }) => outcome === 'success');
  const open = await database.query<{ id: string }>(
    `SELECT id FROM attempts WHERE id = ANY ($1) AND state IN ('dispatching', 'dispatched', 'started')`,
    [drawn.map((run) => run.prompt_id)],
  );
  for (const { id } of open) {
    await eventually(async () => {
      const answer = await fetch(`${comfyui.url}/api/history/${id}`);
      expect(await answer.json()).toHaveProperty([id]);
    });
  }
}

/** The generation came to one end, and nothing of it goes on. */
export async function checkOneEnd(
  { database }: Stage,
  { id, isCancelled }: { id: string; isCancelled: boolean },
): Promise<void> {
  const changes = await readChanges(database);
  const ends = changes.filter((change) => change.id === id).filter(isOver(GENERATION_TRANSITIONS));
  expect(ends.map((end) => end.becomes)).toEqual([isCancelled ? 'cancelled' : 'completed']);
  const requeued = changes.filter((change) => change.isCancelled && change.becomes === 'queued');
  expect(requeued).toEqual([]);

  const attempts = await database.query<{ id: string }>(
    'SELECT a.id FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE s.generation_id = $1',
    [id],
  );
  const isOfShot = (change: Change) => attempts.some((attempt) => attempt.id === change.id);
  expect(openAtOnce(changes.filter(isOfShot))).toEqual({ most: 1, last: 0 });
}

/** How many attempts were open at once, and how many still are. */
function openAtOnce(changes: Change[]): { most: number; last: number } {
  let [most, last] = [0, 0];
  for (const change of changes) {
    if (change.was === null) last += 1;
    if (isOver(ATTEMPT_TRANSITIONS)(change)) last -= 1;
    most = Math.max(most, last);
  }
  return { most, last };
}

/** Whether nothing may follow what something becomes, by its table of transitions. */
function isOver(table: Record<string, readonly string[]>) {
  return ({ becomes }: Change) => table[becomes]?.length === 0;
}

/** What was drawn, and what came of it. */
export async function checkRuns(
  { database, sim, comfyui }: Stage,
  { step, side, stop, until }: StepCase,
  { id, isCancelled }: { id: string; isCancelled: boolean },
): Promise<void> {
  const posted = postedPrompts(comfyui);
  expect(posted).toEqual([...new Set(posted)]);

  const attempts = await database.query<{ id: string; state: string }>(
    'SELECT a.id, a.state FROM attempts a JOIN shots s ON s.id = a.shot_id WHERE s.generation_id = $1',
    [id],
  );
  const runs = () =>
    sim.executions().filter((run) => attempts.some((attempt) => attempt.id === run.prompt_id));
  // A POST that was on its way when another took over is the one thing that nothing can call back.
  const isStray = step.sign === 'POST /api/prompt' && side === 'before' && stop === 'frozen';
  if (isStray && until !== 'taken over') await eventually(() => runs().length === 2);
  expect(runs().length).toBeGreaterThanOrEqual(isCancelled ? 0 : 1);
  expect(runs().length).toBeLessThanOrEqual(isStray && !isCancelled ? 2 : 1);

  const [outputs] = await database.query<{ count: number }>(
    'SELECT count(*)::int FROM generation_outputs WHERE generation_id = $1',
    [id],
  );
  const stored = attempts.filter(({ state }) => state === 'stored');
  const expected = isCancelled ? 0 : 1;
  expect({ outputs: outputs?.count, stored: stored.length }).toEqual({
    outputs: expected,
    stored: expected,
  });
}

/** Every object is named or announced as loose, and none that is named is missing. */
export async function checkStorage({ database, storage }: Stage): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list('')) keys.push(key);
  expect(await findUnknownObjects(database, keys)).toEqual([]);
  const blobs = await database.query<{ key: string }>('SELECT object_key AS key FROM blobs');
  expect(keys).toEqual(expect.arrayContaining(blobs.map(({ key }) => key)));
}
