/** One shot of a workload, in a form that a live bench can replay. */
export interface TraceShot {
  arrivalMs: number;
  owner: string;
  lane: string;
  /** GPU time on an instance of speed 1 that has the models. */
  runMs: number;
  priority?: number;
}

/** A machine of the simulated pool. */
export interface SimInstance {
  id: string;
  /** Runs take `runMs / speed`. */
  speed: number;
  /** How many lanes it keeps in memory. */
  warmSize: number;
  /** Lanes whose models it lacks. */
  lacks?: readonly string[];
}

/** Everything a simulation needs. */
export interface Workload {
  /** By arrival. */
  shots: TraceShot[];
  instances: SimInstance[];
  /** How long the models of each lane take to load, milliseconds. */
  loadMs: Record<string, number>;
  /** Weights of owners that have another than 1. */
  weights?: Record<string, number>;
}

/** One JSON array for each shot and line: arrival ms, owner, lane, run ms, priority. */
export function traceToText(shots: readonly TraceShot[]): string {
  return shots
    .map(({ arrivalMs, owner, lane, runMs, priority }) =>
      JSON.stringify([arrivalMs, owner, lane, runMs, priority ?? 0]),
    )
    .join('\n');
}

/** Reads what {@link traceToText} wrote. Throws a SyntaxError where a line is no such array. */
export function traceFromText(text: string): TraceShot[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const row: unknown = JSON.parse(line);
      if (!isRow(row)) throw new SyntaxError(`Line ${index + 1} is not a shot: ${line}`);
      const [arrivalMs, owner, lane, runMs, priority] = row;
      return { arrivalMs, owner, lane, runMs, priority };
    });
}

const ROW = ['number', 'string', 'string', 'number', 'number'];

function isRow(row: unknown): row is [number, string, string, number, number] {
  return (
    Array.isArray(row) &&
    row.length === ROW.length &&
    ROW.every((type, index) => typeof row[index] === type)
  );
}
