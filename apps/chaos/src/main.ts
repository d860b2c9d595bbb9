import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { createReleasers } from '@avatarforge/runtime';
import { audit, type Verdict } from './audit/audit';
import type { Evidence } from './audit/evidence';
import { storyOf } from './audit/story';
import { FAULTS } from './faults';
import { parseOptions, USAGE, type ChaosOptions } from './options';
import { targetsOf, toReport, type Report } from './report';
import { runChaos } from './run';

/** So many stories are told; more of them would say the same. */
const MOST_STORIES = 5;
const startedAt = Date.now();

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

const say = (line: string): void => {
  print(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(7)} ${line}`);
};

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    print(`${USAGE}\n`);
    for (const { kind, about } of FAULTS) print(`${kind.padEnd(24)} ${about}`);
    return 0;
  }
  let options: ChaosOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return 2;
  }
  return run(options);
}

async function run(options: ChaosOptions): Promise<number> {
  const releasers = createReleasers({ log: { error: () => undefined } });
  try {
    const outcome = await runChaos(releasers, options, say);
    const verdict = audit(outcome.evidence);
    const report = toReport(outcome, verdict);
    print(`\n${JSON.stringify(report, null, 2)}`);
    for (const refusal of outcome.refusals.slice(0, MOST_STORIES)) print(`refused: ${refusal}`);
    for (const { name, tail } of outcome.ownEnds.slice(0, MOST_STORIES))
      print(`\n${name} ended by itself:\n${tail}`);
    tellViolations(verdict, outcome.evidence);
    const isWell = verdict.violations.length === 0 && report.refusals === 0;
    print(isWell ? 'nothing lost, nothing twice' : `VIOLATED; to repeat: --seed ${options.seed}`);
    if (options.json !== null) write(options.json, { options, report });
    return isWell ? 0 : 1;
  } finally {
    await releasers.release();
  }
}

function tellViolations({ violations }: Verdict, evidence: Evidence): void {
  violations.forEach(({ kind, generationId, text }, index) => {
    print(`\n${kind}: ${text}`);
    if (generationId !== null && index < MOST_STORIES)
      print(storyOf(evidence, generationId, startedAt));
  });
}

function write(file: string, { options, report }: { options: ChaosOptions; report: Report }): void {
  const { generations, faults, seed, every, calm, storage } = options;
  const environment = {
    ...{ node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model ?? '' },
    asked_for: { generations, faults, seed, every_s: every, calm_s: calm, storage },
  };
  const at = new Date().toISOString();
  const text = JSON.stringify(
    { bench: 'chaos', at, environment, ...report, targets: targetsOf(report) },
    null,
    2,
  );
  writeFileSync(file, `${text}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exitCode = 1;
  },
);
