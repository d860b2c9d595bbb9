/** What one bench measures. Adding one is one file and its line in `main.ts`. */
export interface Bench {
  name: string;
  /** One sentence; says whether it measures a simulation or the running system. */
  about: string;
  run(options: BenchOptions): BenchResult | Promise<BenchResult>;
}

interface BenchOptions {
  /** Fewer rounds, for a first look. */
  isQuick: boolean;
}

/** A bound of what is measured, or both. */
export interface Target {
  atMost?: number;
  atLeast?: number;
}

/** One line of the table that is printed. */
export interface Figure {
  name: string;
  measured: number;
  target?: Target;
}

/** Figures by group, or one that is its own group and needs no name; in the order in which they are printed. */
export type BenchResult = Record<string, Figure[] | Figure>;

/** A target as it is written to JSON; `figure` is `group.name`, or the group where it is its only figure. */
export interface JudgedTarget extends Target {
  figure: string;
  holds: boolean;
}

/** The measured values as JSON: group → name → value, or group → value. */
export function valuesOf(result: BenchResult): Record<string, unknown> {
  const entries = Object.entries(result).map(([group, figures]) => [
    group,
    Array.isArray(figures)
      ? Object.fromEntries(figures.map(({ name, measured }) => [name, measured]))
      : figures.measured,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** The targets of a result, in the order of its figures. */
export function targetsOf(result: BenchResult): JudgedTarget[] {
  return Object.entries(result).flatMap(([group, figures]) =>
    [figures].flat().flatMap(({ name, measured, target }) => {
      const figure = Array.isArray(figures) ? `${group}.${name}` : group;
      return target ? [{ figure, ...target, holds: isWithin(measured, target) }] : [];
    }),
  );
}

/** The figures as a table of plain text. */
export function tableOf(result: BenchResult): string {
  const rows = Object.entries(result).flatMap(([group, figures]) =>
    [figures]
      .flat()
      .map((figure) => [group, figure.name, round(figure.measured), verdictOf(figure)]),
  );
  const all = [['', '', 'measured', 'target'], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  return all
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What could not be measured holds no target. */
function isWithin(measured: number, { atMost = Infinity, atLeast = -Infinity }: Target): boolean {
  return measured <= atMost && measured >= atLeast;
}

const round = (value: number): string => String(Math.round(value * 1000) / 1000);

function verdictOf({ measured, target }: Figure): string {
  if (!target) return '';
  const { atMost, atLeast } = target;
  const least = atLeast === undefined ? [] : [`≥ ${atLeast}`];
  const most = atMost === undefined ? [] : [`≤ ${atMost}`];
  const verdict = isWithin(measured, target) ? 'holds' : 'MISSED';
  return `${[...least, ...most].join(', ')}  ${verdict}`;
}
