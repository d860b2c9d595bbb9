import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { tableOf, valuesOf, type Bench } from './bench';
import { eta } from './eta';
import { fairness } from './fairness';
import { mix } from './mix';
import { progress } from './progress';
import { webhooks } from './webhooks';

const BENCHES: readonly Bench[] = [mix, fairness, eta, progress, webhooks];

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const bench = BENCHES.find(({ name }) => name === positionals[0]);
  if (!bench) {
    say('npm run bench -- NAME [--quick] [--json FILE]\n');
    for (const { name, about } of BENCHES) say(`${name.padEnd(10)} ${about}`);
    return positionals.length === 0 ? 0 : 1;
  }
  const environment = { node: process.version, cores: availableParallelism() };
  say(`${bench.name}: ${bench.about}`);
  say(`node ${environment.node}, ${environment.cores} cores${values.quick ? ', quick' : ''}\n`);
  const result = await bench.run({ isQuick: values.quick });
  say(tableOf(result));
  if (values.json !== undefined) {
    const report = { bench: bench.name, about: bench.about, environment, ...valuesOf(result) };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return 0;
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
