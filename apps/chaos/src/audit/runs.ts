import type { AttemptRow, Evidence, Execution, FaultRecord } from './evidence';
import type { Violation } from './verdict';

/** A run whose picture was not published, and what explains it. */
export interface ExtraRun {
  execution: Execution;
  attempt: AttemptRow;
  generationId: string;
  /** `fault`: its instance lost it; null: nothing explains it, or nothing but a dead worker, which must not. */
  cause: 'cancelled' | 'fault' | 'paused_worker' | null;
  /** Which one, for the causes that are one. */
  fault: FaultRecord | null;
}

/** Faults that take a run from its instance, or what it made. No other may cost one. */
const TAKES_RUN = new Set([
  'instance_killed',
  'instance_hung',
  'zombie',
  'history_lost',
  'out_of_memory',
  'disk_full',
]);
/** One that has no end waits for the next run. */
const WAITS_MS = 30_000;

/** Runs that were in vain: all of a shot but the one that was published. */
export function findExtraRuns(evidence: Evidence): ExtraRun[] {
  const attempts = new Map(evidence.attempts.map((attempt) => [attempt.id, attempt]));
  const shots = new Map(evidence.shots.map((shot) => [shot.id, shot]));
  const cancelled = new Set(
    evidence.generations.filter(({ status }) => status === 'cancelled').map(({ id }) => id),
  );
  return evidence.executions.flatMap((execution): ExtraRun[] => {
    const attempt = attempts.get(execution.prompt_id);
    if (!attempt || attempt.state === 'stored') return [];
    const generationId = shots.get(attempt.shot_id)?.generation_id ?? '';
    const known = { execution, attempt, generationId };
    if (cancelled.has(generationId)) return [{ ...known, cause: 'cancelled', fault: null }];
    return [{ ...known, ...causeOf(execution, attempt, evidence) }];
  });
}

function causeOf(
  execution: Execution,
  attempt: AttemptRow,
  { faults }: Evidence,
): Pick<ExtraRun, 'cause' | 'fault'> {
  const { started_at: start, instance } = execution;
  const end = attempt.ended_at ?? Infinity;
  const during = faults.filter(({ from, to }) => from <= end && (to ?? from + WAITS_MS) >= start);
  const taking = during.filter(({ kind, target }) => TAKES_RUN.has(kind) && target === instance);
  // Of several, the first that came while it ran; else one that had come before, and waited.
  const fault = taking.find(({ from }) => from >= start) ?? taking.at(-1);
  if (fault) return { cause: 'fault', fault };
  const pause = during.find(({ kind }) => kind === 'worker_paused');
  return pause ? { cause: 'paused_worker', fault: pause } : { cause: null, fault: null };
}

/** Prompts that an instance drew and Postgres knows nothing of, and prompts that were drawn twice. */
export function findStrangeRuns({ attempts, executions }: Evidence): Violation[] {
  const known = new Set(attempts.map(({ id }) => id));
  const seen = new Set<string>();
  return executions.flatMap(({ prompt_id: id, instance }): Violation[] => {
    if (seen.has(id)) {
      const text = `prompt ${id} was drawn twice, the second time on ${instance}`;
      return [{ kind: 'ran_twice', generationId: null, text }];
    }
    seen.add(id);
    if (known.has(id)) return [];
    const text = `${instance} drew prompt ${id}, of which Postgres knows nothing`;
    return [{ kind: 'ran_in_vain', generationId: null, text }];
  });
}
