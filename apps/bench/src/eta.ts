import { forecast, learnBias, shotForecast } from '@avatarforge/core';
import {
  median,
  MODEL_MIX,
  simulate,
  steady,
  type Mix,
  type Moment,
  type Outcome,
} from '@avatarforge/pool-sim';
import type { Bench, BenchResult, Figure } from './bench';

const LOAD = 0.9;
/** Waits by length, milliseconds; a shot that waited less than the first is left out: hardly anything was to be forecast. */
const SPLITS = [1_000, 10_000, 60_000, 300_000, Infinity] as const;

/** What was said when a shot was submitted, and what came of it. Milliseconds until an instance turned to it. */
interface Said {
  saidMs: number;
  waitedMs: number;
}

/** The row "ETA" of the targets. */
export const eta: Bench = {
  name: 'eta',
  about:
    'Simulated: the model mix at 90 % load; wait forecast at submit against the actual one, as a share of the actual one; all seeds together.',
  run: ({ isQuick }): BenchResult => {
    const seeds = Array.from({ length: isQuick ? 2 : 6 }, (_, index) => index + 1);
    const said = (mix: Mix): Said[] => seeds.flatMap((seed) => sayAndSee(mix, seed));
    const one = said({ ...MODEL_MIX, owners: 1 });
    return {
      one_owner: figuresOf(one),
      ...bySplit(one),
      four_owners: figuresOf(said({ ...MODEL_MIX, owners: 4 })),
      four_owners_3_kept_warm: figuresOf(said({ ...MODEL_MIX, owners: 4, warmSize: 3 })),
    };
  },
};

function figuresOf(said: readonly Said[]): Figure[] {
  return [
    {
      name: 'median_abs_error_share',
      measured: median(said.map((one) => Math.abs(errorShare(one)))),
      target: { atMost: 0.3 },
    },
    { name: 'bias_share', measured: median(said.map(errorShare)) },
    { name: 'shots', measured: said.length },
  ];
}

const errorShare = ({ saidMs, waitedMs }: Said): number => (saidMs - waitedMs) / waitedMs;

function bySplit(said: readonly Said[]): BenchResult {
  const groups = SPLITS.slice(0, -1).map((least, index) => {
    const most = SPLITS[index + 1] ?? Infinity;
    const inside = said.filter(({ waitedMs }) => waitedMs >= least && waitedMs < most);
    const figures = figuresOf(inside).map(({ name, measured }) => ({ name, measured }));
    return [`one_owner_waits_from_${least / 1000}_s`, figures];
  });
  return Object.fromEntries(groups) as BenchResult;
}

function sayAndSee(mix: Mix, seed: number): Said[] {
  const said = new Map<number, number>();
  const results: Said[] = [];
  let bias = 1;
  const onArrival = ({ shot, room, pool }: Moment): void => {
    // Every third is enough, and quicker.
    if (shot.index % 3 !== 0) return;
    const line = forecast(pool()).find(
      ({ requirement, ownerId }) => requirement === shot.lane && ownerId === shot.owner,
    );
    const k = room.waitingIn(shot.lane, shot.owner);
    if (line) said.set(shot.index, shotForecast(line, k, bias).startMs);
  };
  const onStart = ({ shot, startMs }: Outcome): void => {
    const saidMs = said.get(shot.index);
    if (saidMs === undefined) return;
    const waitedMs = startMs - shot.arrivalMs;
    bias = learnBias(bias, { saidMs, waitedMs });
    if (waitedMs >= SPLITS[0]) results.push({ saidMs, waitedMs });
  };
  simulate(steady(mix, 1500, LOAD, seed), { knowsTimes: true, onArrival, onStart });
  return results;
}
