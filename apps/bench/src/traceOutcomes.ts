import type { Placement } from '@avatarforge/core';
import type { Outcome, Workload } from '@avatarforge/pool-sim';
import type { TracePool } from './tracePool';

interface AttemptRow {
  generationId: string;
  attemptId: string;
  instanceId: string;
  placement: Placement;
  claimedAt: Date;
  expectedMs: number;
}

/** As a simulated ComfyUI tells it. */
interface Execution {
  prompt_id: string;
  started_at: string;
  ended_at: string;
  model_loads: number;
}

/** A trace that was played: its shots' generations, and when the pool opened (milliseconds since 1970). */
interface Played {
  trace: Workload;
  generationIds: readonly string[];
  openedAt: number;
}

/**
 * What became of the shots: who drew them by Postgres, and when by the instances themselves.
 * @throws Error when one was not drawn exactly once
 */
export async function readOutcomes(pool: TracePool, played: Played): Promise<Outcome[]> {
  const { generationIds } = played;
  const attempts = await readAttempts(pool, generationIds);
  const executions = await readExecutions(pool);
  return generationIds.map((generationId, index) => {
    const attempt = attempts.get(generationId);
    const execution = executions.get(attempt?.attemptId ?? '');
    if (!attempt || !execution) throw new Error(`generation ${generationId} was not drawn once`);
    return outcomeOf(played, { attempt, execution, index });
  });
}

/** By generation. */
async function readAttempts(
  { database }: TracePool,
  generationIds: readonly string[],
): Promise<Map<string, AttemptRow>> {
  const rows = await database.query<AttemptRow>(
    `SELECT s.generation_id AS "generationId", a.id AS "attemptId", a.instance_id AS "instanceId", a.placement,
         a.claimed_at AS "claimedAt", a.est_ms AS "expectedMs"
       FROM attempts a JOIN shots s ON s.id = a.shot_id
       WHERE s.generation_id = ANY($1::uuid[]) AND a.state = 'stored'`,
    [generationIds],
  );
  return new Map(rows.map((row) => [row.generationId, row]));
}

/** By prompt id, which is the attempt's. */
async function readExecutions({ instances }: TracePool): Promise<Map<string, Execution>> {
  const lists = await Promise.all(
    instances.map(async ({ url }) => {
      const response = await fetch(`${url}/sim/executions`);
      return (await response.json()) as Execution[];
    }),
  );
  return new Map(lists.flat().map((execution) => [execution.prompt_id, execution]));
}

function outcomeOf(
  { trace, openedAt }: Played,
  one: { attempt: AttemptRow; execution: Execution; index: number },
): Outcome {
  const { attempt, execution, index } = one;
  const shot = trace.shots[index];
  if (!shot) throw new Error(`the trace has no shot ${index}`);
  const startMs = Date.parse(execution.started_at) - openedAt;
  const wasCold = execution.model_loads > 0;
  return {
    shot: { ...shot, index },
    instanceId: attempt.instanceId,
    placement: attempt.placement,
    claimedMs: attempt.claimedAt.getTime() - openedAt,
    startMs,
    runningMs: startMs + (wasCold ? (trace.loadMs[shot.lane] ?? 0) : 0),
    endMs: Date.parse(execution.ended_at) - openedAt,
    wasCold,
    expectedMs: attempt.expectedMs,
  };
}
