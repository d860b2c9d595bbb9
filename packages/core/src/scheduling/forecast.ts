import { choose } from './choose';
import { perRequirement } from './perRequirement';
import type { Situation } from './situation';
import type { Account, Choice, InstanceView, Line } from './types';
import { nextWarmLanes } from './warmLanes';

/** When the shots of one line will be taken. Milliseconds from the time of the forecast. */
export interface LineForecast {
  requirement: string;
  ownerId: string;
  /** When an instance turns to its first shot. */
  startMs: number;
  /** Between the starts of one shot and the next. */
  everyMs: number;
  /** What a shot takes once started. */
  runMs: number;
  /** Waiting shots of all lines that start before its first; and more of them before each next one. */
  ahead: number;
  aheadEvery: number;
}

/** What is forecast for one shot; approximate. */
export interface ShotForecast {
  /** Shots that start before it. */
  queuePosition: number;
  /** Until an instance turns to it, and until it is done. */
  startMs: number;
  endMs: number;
}

/** The pool to forecast: all instances that take work, what waits, and the policy's settings. */
export type PoolState = Omit<Situation, 'instance' | 'others' | 'slots'> & {
  instances: readonly InstanceView[];
};

/** Placements played through, fewer the more lines there are; of a longer backlog several shots are placed at a time. */
const MOST_STEPS = 400;
const FEWEST_STEPS = 30;
const LINES_LOOKED_AT = 10_000;
/** When an instance that leaves the work to others looks again. */
const LOOK_AGAIN_MS = 1000;

/** A line as it is played through. */
interface PlayedLine extends Line {
  left: number;
  /** Start and place in the order of the first and the last shot that was placed; `null`: none yet. */
  first: Place | null;
  last: Place | null;
}

interface Place {
  startMs: number;
  ahead: number;
}

interface PlayedInstance extends InstanceView {
  freeMs: number;
}

/**
 * Plays the policy forward on what waits now, as if nothing more came. Lines that no instance can run have no forecast. What
 * comes later may go first, so that waits come out longer: see {@link learnBias}.
 *
 * Calls {@link choose} some thousand times at most: for a snapshot every few seconds, not for a request.
 */
export function forecast(pool: PoolState): LineForecast[] {
  const instances = pool.instances.map((view) => ({ ...view, freeMs: view.busyMs }));
  const accounts = pool.backlog.accounts.map((account) => ({ ...account }));
  const lines = pool.backlog.lines.map((line): PlayedLine => ({
    ...line,
    left: line.waiting,
    first: null,
    last: null,
  }));
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  const steps = Math.max(FEWEST_STEPS, Math.min(MOST_STEPS, LINES_LOOKED_AT / lines.length));
  const play = { pool, instances, accounts, lines, chunk: Math.ceil(total / steps) };
  let placed = 0;
  let endMs = 0;
  for (let step = 0; step < 2 * steps && placed < total; step += 1) {
    const next = nextFree(instances);
    if (!next) break;
    placed += placeNext(play, next, placed);
    endMs = Math.max(endMs, next.freeMs);
  }
  return lines.flatMap((line) => lineForecast(line, endMs / Math.max(1, placed), pool));
}

/** The forecast for the `k`-th waiting shot of a line; the first is 1. `bias`: see {@link learnBias}. */
export function shotForecast(line: LineForecast, k: number, bias = 1): ShotForecast {
  const startMs = bias * (line.startMs + (k - 1) * line.everyMs);
  return {
    queuePosition: Math.round(line.ahead + (k - 1) * line.aheadEvery),
    startMs,
    endMs: startMs + line.runMs,
  };
}

/** How far one shot moves the factor. */
const BIAS_STEP = 0.01;
/** Shorter waits say nothing, milliseconds. */
const SHORT_MS = 1000;

/**
 * The factor by which forecasts are corrected, after one more shot has started: raised a little when it waited longer than
 * was said, lowered when less, so that it settles where half of them wait longer (stochastic approximation of the median,
 * Robbins and Monro 1951). Starts from 1.
 * @param shot What was said when it was submitted, and how long it then waited. Milliseconds.
 */
export function learnBias(
  bias: number,
  { saidMs, waitedMs }: { saidMs: number; waitedMs: number },
): number {
  if (saidMs < SHORT_MS || waitedMs < SHORT_MS) return bias;
  const next = bias * (waitedMs > saidMs ? 1 + BIAS_STEP : 1 - BIAS_STEP);
  return Math.min(4, Math.max(0.25, next));
}

interface Play {
  pool: PoolState;
  instances: PlayedInstance[];
  accounts: Account[];
  lines: PlayedLine[];
  chunk: number;
}

/** Has `instance` take its next shots; answers how many. */
function placeNext(play: Play, instance: PlayedInstance, placed: number): number {
  const choice = choiceFor(play, instance);
  const line = choice && play.lines.find((candidate) => isOf(candidate, choice));
  if (!line) {
    instance.freeMs += LOOK_AGAIN_MS;
    return 0;
  }
  const count = Math.min(play.chunk, line.left);
  const { runMs, loadMs } = play.pool.times(line.lane, instance.id);
  const readyMs = instance.freeMs + (choice.isCold ? loadMs : 0);
  line.first ??= { startMs: instance.freeMs, ahead: placed };
  line.last = {
    startMs: count === 1 ? instance.freeMs : readyMs + (count - 1) * runMs,
    ahead: placed + count - 1,
  };
  line.left -= count;
  instance.freeMs = readyMs + count * runMs;
  instance.warmLanes = nextWarmLanes(instance.warmLanes, instance.warmSize, line.lane);
  const account = play.accounts.find(({ ownerId }) => ownerId === line.ownerId);
  if (account) account.servedMs += count * runMs;
  return count;
}

function choiceFor(
  { pool, instances, accounts, lines }: Play,
  instance: PlayedInstance,
): Choice | undefined {
  const nowMs = instance.freeMs;
  const waiting = lines.filter(({ left }) => left > 0).map((line) => agedLine(line, nowMs));
  const views = instances.map((view) => ({ ...view, busyMs: Math.max(0, view.freeMs - nowMs) }));
  return choose({
    ...pool,
    slots: 1,
    instance: { ...instance, busyMs: 0 },
    others: views.filter(({ id }) => id !== instance.id),
    backlog: { ...pool.backlog, accounts, lines: waiting, requirements: perRequirement(waiting) },
  })[0];
}

/** A line some time from now. Its shots are taken to have come evenly, from the oldest until now. */
function agedLine(line: PlayedLine, nowMs: number): Line {
  const { left, waiting, oldestMs } = line;
  return { ...line, waiting: left, oldestMs: nowMs + (oldestMs * left) / waiting };
}

/** Straight from its first shot to its last: the two that are asked about most. */
function lineForecast(line: PlayedLine, usualMs: number, pool: PoolState): LineForecast[] {
  const { requirement, ownerId, lane, waiting, left, first, last } = line;
  if (!first || !last) return [];
  const steps = waiting - left - 1;
  const everyMs = steps > 0 ? (last.startMs - first.startMs) / steps : usualMs;
  const aheadEvery = steps > 0 ? (last.ahead - first.ahead) / steps : 1;
  const { runMs } = pool.times(lane, pool.instances[0]?.id ?? '');
  return [
    {
      requirement,
      ownerId,
      startMs: first.startMs,
      everyMs,
      runMs,
      ahead: first.ahead,
      aheadEvery,
    },
  ];
}

function nextFree(instances: readonly PlayedInstance[]): PlayedInstance | undefined {
  return instances.reduce<PlayedInstance | undefined>(
    (least, instance) => (least && least.freeMs <= instance.freeMs ? least : instance),
    undefined,
  );
}

const isOf = (line: Line, { requirement, ownerId }: Choice): boolean =>
  line.requirement === requirement && line.ownerId === ownerId;
