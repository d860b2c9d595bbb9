import { readChanges } from './changes';
import { postedPrompts } from './servers';
import type { Stage } from './stage';

const LOG_LINES = 40;
/** Said by every line. */
const UNTOLD = ['pid', 'hostname', 'name', 'instance_id', 'generation_id'];

/** All that happened on the stage, for whoever has to find out why. */
export async function tellStory({ database, sim, comfyui, workers }: Stage): Promise<string> {
  const attempts = await database.query(
    `SELECT id, state, driver_epoch, claimed_at, dispatching_at, dispatched_at, started_at, executed_at, ended_at,
       end_reason, end_detail, finalize_owner, finalize_tries FROM attempts ORDER BY claimed_at`,
  );
  const leases = await database.query('SELECT * FROM instance_leases');
  const changes = await readChanges(database);
  const told = changes.map(({ thing, id, was, becomes }) => `${thing} ${id}: ${was} → ${becomes}`);
  return [
    ...chapter('attempts', attempts.map(line)),
    ...chapter('leases', leases.map(line)),
    ...chapter('changes', told),
    ...chapter('prompts that arrived at ComfyUI', postedPrompts(comfyui)),
    ...chapter('executions', sim.executions().map(line)),
    ...Object.entries(workers).flatMap(([part, worker]) =>
      chapter(`the ${part} said`, worker.log().trim().split('\n').slice(-LOG_LINES).map(shorten)),
    ),
  ].join('\n');
}

function chapter(title: string, lines: string[]): string[] {
  return [`${title}:`, ...lines.map((text) => `  ${text}`)];
}

function line(row: object): string {
  return JSON.stringify(row);
}

function shorten(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
      UNTOLD.includes(key) || key === 'stack' ? undefined : value,
    );
  } catch {
    return text;
  }
}
