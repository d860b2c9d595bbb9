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

/** One line of the table that is printed. */
export interface Figure {
  name: string;
  measured: number;
  target?: { atMost: number } | { atLeast: number };
}

/** Figures by group, or one that is its own group and needs no name; in the order in which they are printed. */
export type BenchResult = Record<string, Figure[] | Figure>;

/** Whether a figure holds its target; `null` when it has none. */
function holds({ measured, target }: Figure): boolean | null {
  if (!target) return null;
  return 'atMost' in target ? measured <= target.atMost : measured >= target.atLeast;
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

/** The figures as a table of plain text. */
export function tableOf(result: BenchResult): string {
  const rows = Object.entries(result).flatMap(([group, figures]) =>
    [figures]
      .flat()
      .map((figure) => [group, figure.name, round(figure.measured), targetOf(figure)]),
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

const round = (value: number): string => String(Math.round(value * 1000) / 1000);

function targetOf(figure: Figure): string {
  const { target } = figure;
  if (!target) return '';
  const wanted = 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
  return holds(figure) ? `${wanted}  holds` : `${wanted}  MISSED`;
}
