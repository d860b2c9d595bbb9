import { DatabaseError, type QueryConfig } from 'pg';

/** So many different ones there are not; if there were, keeping them all would fill every connection. */
const MOST = 500;
/** SQLSTATE of "cached plan must not change result type". */
const PLAN_OUTDATED = '0A000';

const names = new Map<string, string>();
/** Names are not used again: connections keep what they stood for. */
let edition = 0;

/**
 * A statement as `pg` takes it. One with values gets a name, under which each connection parses it once, and plans it a
 * few times, instead of at every call.
 */
export function toStatement(text: string, values?: unknown[]): QueryConfig {
  if (!values) return { text };
  const name = names.get(text) ?? (names.size < MOST ? `af_${edition}_${names.size}` : undefined);
  if (name === undefined) return { text, values };
  names.set(text, name);
  return { name, text, values };
}

/** Whether a migration has changed what a named statement gives. */
export function isPlanOutdated(error: unknown): boolean {
  return (
    error instanceof DatabaseError &&
    error.code === PLAN_OUTDATED &&
    /cached plan/.test(error.message)
  );
}

/** From now on every statement is prepared anew. */
export function forgetStatements(): void {
  names.clear();
  edition += 1;
}
