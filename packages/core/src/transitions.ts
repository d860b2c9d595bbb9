// Which state may follow which. Statements in packages/db are written from these tables, and a test walks them against Postgres.

/** States of a generation: what a client submits and watches. */
export const GENERATION_TRANSITIONS = {
  queued: ['processing', 'completed', 'failed', 'cancelled'],
  processing: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
} as const;

/** States of a shot: one graph, one prompt on one instance. */
export const SHOT_TRANSITIONS = {
  queued: ['active', 'failed', 'cancelled'],
  active: ['queued', 'done', 'failed', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
} as const;

/** States of an attempt: one try of a shot on one instance. `dispatching` is committed before the POST. */
export const ATTEMPT_TRANSITIONS = {
  claimed: ['dispatching', 'ended'],
  dispatching: ['dispatched', 'started', 'executed', 'ended'],
  dispatched: ['started', 'executed', 'ended'],
  started: ['executed', 'ended'],
  executed: ['stored', 'ended'],
  stored: [],
  ended: [],
} as const;

export type GenerationState = keyof typeof GENERATION_TRANSITIONS;
export type ShotState = keyof typeof SHOT_TRANSITIONS;
export type AttemptState = keyof typeof ATTEMPT_TRANSITIONS;

type Table = Record<string, readonly string[]>;

/** The states from which `to` may be entered, by `table`. Conditional updates name exactly these. */
export function statesBefore<T extends Table>(
  table: T,
  to: keyof T & string,
): (keyof T & string)[] {
  return Object.keys(table).filter((from) => table[from]?.includes(to));
}

/** Whether nothing may follow `state`. */
export function isTerminal<T extends Table>(table: T, state: keyof T & string): boolean {
  return table[state]?.length === 0;
}
