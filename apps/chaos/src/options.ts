import { parseArgs } from 'node:util';

/** What `npm run chaos` is told. */
export interface ChaosOptions {
  /** How many are asked for at least. */
  generations: number;
  /** How many faults are made. */
  faults: number;
  /** Chooses faults and requests. */
  seed: number;
  /** Seconds between two faults, on average. */
  every: number;
  /** Seconds without faults before and after. */
  calm: number;
  storage: 'disk' | 's3';
  /** The kinds of faults to make; null: all. */
  kinds: readonly string[] | null;
  /** A violation that is planted, and must be found. */
  canary: Canary | null;
  json: string | null;
}

export const CANARIES = ['lose-one', 'duplicate-one', 'rerun-one'] as const;
export type Canary = (typeof CANARIES)[number];

/** How it is used, for people. */
export const USAGE = `npm run chaos -- [--generations 300] [--faults 20] [--seed 1] [--every 5] [--calm 15]
                 [--storage disk|s3] [--kinds KIND,KIND] [--canary ${CANARIES.join('|')}] [--json FILE]`;

/** Reads the command line. @throws Error that says what is wrong with it */
export function parseOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    args,
    options: {
      generations: { type: 'string', default: '300' },
      faults: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      every: { type: 'string', default: '5' },
      calm: { type: 'string', default: '15' },
      storage: { type: 'string', default: 'disk' },
      kinds: { type: 'string' },
      canary: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const number = (name: 'generations' | 'faults' | 'seed' | 'every' | 'calm'): number => {
    const value = Number(values[name]);
    if (values[name].trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
    throw new Error(`--${name} must be a number of 0 or more, not "${values[name]}"`);
  };
  return {
    ...{ generations: number('generations'), faults: number('faults'), seed: number('seed') },
    ...{ every: number('every'), calm: number('calm') },
    storage: oneOf('storage', ['disk', 's3'], values.storage),
    kinds: values.kinds?.split(',') ?? null,
    canary: values.canary === undefined ? null : oneOf('canary', CANARIES, values.canary),
    json: values.json ?? null,
  };
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    throw new Error(`--${name} must be one of ${allowed.join(', ')}, not "${value}"`);
  return found;
}
