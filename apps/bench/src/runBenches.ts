import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { tableOf, targetsOf, valuesOf, type Bench, type BenchResult } from './bench';
import { environmentLines, readEnvironment } from './environment';

/** How benches are run. */
export interface RunOptions {
  isQuick: boolean;
  /** The file that takes the figures. */
  json?: string;
}

/** Writes a line for who started the bench. */
export const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Runs one bench, prints its table, and writes its figures. Gives the exit code. */
export async function runOne(bench: Bench, { isQuick, json }: RunOptions): Promise<number> {
  const environment = await readEnvironment();
  const report = await play(bench, isQuick, environmentLines(environment));
  const { name, about } = bench;
  if (json !== undefined) write(json, { bench: name, about, environment, ...report });
  return 0;
}

/** Runs all benches, one after the other, whatever becomes of each. Gives the exit code: 1 when one of them broke down. */
export async function runAll(
  all: readonly Bench[],
  { isQuick, json }: RunOptions,
): Promise<number> {
  const environment = await readEnvironment();
  const benches: Record<string, object> = {};
  const failed: string[] = [];
  const missed: string[] = [];
  say(`${environmentLines(environment)}\n`);
  for (const bench of all) {
    const { name, about } = bench;
    try {
      const report = await play(bench, isQuick);
      benches[name] = { bench: name, about, ...report };
      const misses = report.targets.filter(({ holds }) => !holds);
      missed.push(...misses.map(({ figure }) => `${name}.${figure}`));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      say(`FAILED: ${text}\n`);
      benches[name] = { bench: name, about, failed: text };
      failed.push(name);
    }
  }
  say(`${all.length - failed.length} of ${all.length} benches ran`);
  if (failed.length > 0) say(`failed: ${failed.join(', ')}`);
  if (missed.length > 0) say(`missed targets: ${missed.join(', ')}`);
  if (json !== undefined) write(json, { environment, benches });
  return failed.length > 0 ? 1 : 0;
}

/** What is written of a run beside the names: when it was, and what it found. */
async function play(bench: Bench, isQuick: boolean, environment?: string) {
  say(`${bench.name}${isQuick ? ' (quick)' : ''}: ${bench.about}`);
  if (environment !== undefined) say(environment);
  const startedAt = performance.now();
  const result: BenchResult = await bench.run({ isQuick });
  const tookS = Math.round((performance.now() - startedAt) / 1000);
  say(`\n${tableOf(result)}\n${tookS} s\n`);
  const at = new Date().toISOString();
  return { at, quick: isQuick, took_s: tookS, ...valuesOf(result), targets: targetsOf(result) };
}

function write(file: string, report: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
