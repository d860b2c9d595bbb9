import { parseArgs } from 'node:util';
import { upload } from './upload';
import { submit } from './submit';
import { lifecycle } from './lifecycle';
import { gap } from './gap';
import { dispatch } from './dispatch';
import type { Bench } from './bench';
import { eta } from './eta';
import { fairness } from './fairness';
import { mix } from './mix';
import { progress } from './progress';
import { runAll, runOne, say } from './runBenches';
import { webhooks } from './webhooks';

const BENCHES: readonly Bench[] = [
  ...[gap, dispatch, lifecycle, submit, upload],
  ...[mix, fairness, eta, progress, webhooks],
];

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const [name] = positionals;
  const options = {
    isQuick: values.quick,
    ...(values.json !== undefined && { json: values.json }),
  };
  if (name === 'all') return runAll(BENCHES, options);
  const bench = BENCHES.find((one) => one.name === name);
  if (bench) return runOne(bench, options);
  say('npm run bench -- NAME [--quick] [--json FILE]\n');
  for (const { name: known, about } of BENCHES) say(`${known.padEnd(10)} ${about}`);
  say(`${'all'.padEnd(10)} All of them, one after the other; with --quick in ten minutes at most.`);
  return name === undefined ? 0 : 1;
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
