import { candidatesFor } from './candidates';
import { byFairness, ownerStandings, type Contender } from './owners';
import type { SchedulingSettings } from './settings';
import type { Situation } from './situation';
import type { Choice, Placement } from './types';
import { hasAffinity, nextWarmLanes } from './warmLanes';

/** More choices are never needed: the first few are hardly ever all taken by others. */
const MOST_CHOICES = 32;

interface Pick {
  contender: Contender;
  placement: Placement;
}

/**
 * What an instance with free slots takes, best first. The choices for its slots come first, one by one, each reckoning with
 * those before it; then what else would do, in case others have emptied those lines meanwhile: limits may add up to more
 * than the slots. Empty when nothing waits that it can run, or when all of it is better left to instances with the models
 * in memory.
 *
 * Pure; about O(slots × lines + instances × warm lanes).
 */
export function choose(situation: Situation): Choice[] {
  const { instance, slots, settings, backlog } = situation;
  const owners = ownerStandings(backlog);
  const contenders = candidatesFor(situation).flatMap((candidate): Contender[] => {
    const owner = owners.get(candidate.line.ownerId);
    return owner ? [Object.assign(candidate, { owner, left: candidate.line.waiting })] : [];
  });
  let warmLanes = instance.warmLanes;
  const choices: Choice[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    const pick = best(contenders, warmLanes, settings);
    if (!pick) break;
    addChoice(choices, choiceOf(pick, 1, warmLanes));
    take(pick.contender);
    warmLanes = nextWarmLanes(warmLanes, instance.warmSize, pick.contender.line.lane);
  }
  for (const pick of ranked(contenders, warmLanes, MOST_CHOICES - choices.length)) {
    choices.push(choiceOf(pick, Math.min(slots, pick.contender.left), warmLanes));
  }
  return choices;
}

/** The next shot: warm work, unless a cold lane has lost patience or its owner is too far behind; else the best switch. */
function best(
  contenders: readonly Contender[],
  warmLanes: readonly string[],
  settings: SchedulingSettings,
): Pick | undefined {
  const [warm, cold] = split(contenders, warmLanes);
  const warmest = first(warm, byFairness);
  const usual = warmest ?? first(cold, byWorth);
  if (!usual) return undefined;
  const passed = warmest ? warm : cold.filter(({ line }) => line.lane === usual.line.lane);
  const isPeer = peersOf(usual, settings);
  const passedMs = Math.max(...passed.filter(isPeer).map(({ line }) => line.oldestMs));
  const impatient = first(
    cold.filter((contender) => isPeer(contender) && hasLostPatience(contender, passedMs)),
    byOverdue,
  );
  if (impatient) return { contender: impatient, placement: 'patience' };
  const behind = first(
    cold.filter((contender) => isTooFarBehind(contender, usual, settings)),
    byFairness,
  );
  if (behind) return { contender: behind, placement: 'fairness' };
  return { contender: usual, placement: warmest ? placementOfWarm(warmest) : 'switch' };
}

/** The first of what is left, warm work in fair order before the best switches. */
function ranked(
  contenders: readonly Contender[],
  warmLanes: readonly string[],
  count: number,
): Pick[] {
  const [warm, cold] = split(contenders, warmLanes);
  const next = leading(warm, byFairness, count);
  return [
    ...next.map((contender) => ({ contender, placement: placementOfWarm(contender) })),
    ...leading(cold, byWorth, count - next.length).map((contender) => ({
      contender,
      placement: 'switch' as const,
    })),
  ];
}

/** The first few in order; sorting them all would take most of the time of a decision. */
function leading<T>(items: readonly T[], order: (a: T, b: T) => number, count: number): T[] {
  const found: T[] = [];
  for (const item of items) {
    const last = found[count - 1];
    if (last !== undefined && order(item, last) >= 0) continue;
    const place = found.findIndex((other) => order(item, other) < 0);
    found.splice(place === -1 ? found.length : place, 0, item);
    found.length = Math.min(found.length, count);
  }
  return found;
}

function split(
  contenders: readonly Contender[],
  warmLanes: readonly string[],
): [warm: Contender[], cold: Contender[]] {
  const warm: Contender[] = [];
  const cold: Contender[] = [];
  for (const contender of contenders) {
    if (contender.left === 0) continue;
    if (isWarm(contender.line.lane, warmLanes)) warm.push(contender);
    else if (!contender.isLeftToHolders) cold.push(contender);
  }
  return [warm, cold];
}

const isWarm = (lane: string, warmLanes: readonly string[]): boolean =>
  !hasAffinity(lane) || warmLanes.includes(lane);

const placementOfWarm = ({ line }: Contender): Placement =>
  hasAffinity(line.lane) ? 'warm' : 'anywhere';

/** Patience counts among owners served about alike: what a far better served one has waiting neither hurries nor delays. */
function peersOf(
  usual: Contender,
  { fairnessLoads }: SchedulingSettings,
): (contender: Contender) => boolean {
  const mostMs = usual.owner.serviceMs + fairnessLoads * usual.times.loadMs;
  return ({ owner }) => owner.serviceMs <= mostMs;
}

/**
 * Its patience is out, and what it would pass has not waited about as long: else a backlog of old shots would have models
 * loaded in turns. Each instance that has the models already asks for more patience: those are at it.
 */
function hasLostPatience({ line, holders, ...cold }: Contender, passedMs: number): boolean {
  const patienceMs = cold.patienceMs * (1 + holders);
  return (
    line.oldestMs > patienceMs && (passedMs <= patienceMs || line.oldestMs > passedMs + patienceMs)
  );
}

/** Each instance that has the models already raises the bar: those serve the owner too, and not all must switch at once. */
function isTooFarBehind(
  { owner, holders, times }: Contender,
  usual: Contender,
  { fairnessLoads }: SchedulingSettings,
): boolean {
  const gapMs = usual.owner.serviceMs - owner.serviceMs;
  return gapMs > fairnessLoads * times.loadMs * (1 + holders);
}

const byOverdue = (a: Contender, b: Contender): number =>
  b.line.oldestMs - b.patienceMs - (a.line.oldestMs - a.patienceMs) || byFairness(a, b);

const byWorth = (a: Contender, b: Contender): number => b.worthMs - a.worthMs || byFairness(a, b);

function first<T>(items: readonly T[], order: (a: T, b: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (least, item) => (least === undefined || order(item, least) < 0 ? item : least),
    undefined,
  );
}

function take(contender: Contender): void {
  contender.left -= 1;
  contender.owner.serviceMs += contender.times.runMs / contender.owner.weight;
}

function choiceOf(
  { contender, placement }: Pick,
  limit: number,
  warmLanes: readonly string[],
): Choice {
  const { requirement, lane, ownerId } = contender.line;
  return { requirement, lane, ownerId, limit, placement, isCold: !isWarm(lane, warmLanes) };
}

/** Adds a choice, to the one before where it is more of the same. */
function addChoice(choices: Choice[], choice: Choice): void {
  const last = choices.at(-1);
  const isSame =
    last?.requirement === choice.requirement &&
    last.ownerId === choice.ownerId &&
    last.isCold === choice.isCold &&
    last.placement === choice.placement;
  if (isSame) last.limit += choice.limit;
  else choices.push(choice);
}
