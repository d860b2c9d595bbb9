import { hasAffinity } from './warmLanes';
import type { Situation } from './situation';
import type { InstanceView, LaneTimes, Line, RequirementBacklog } from './types';
import { patienceMs } from './settings';

/** A line that the instance can run, and what speaks for and against taking it. Milliseconds. */
export interface Candidate {
  line: Line;
  times: LaneTimes;
  patienceMs: number;
  /** Other instances that can run it and have the models in memory. */
  holders: number;
  /** Those would be through with it before this instance has loaded the models and run one. */
  isLeftToHolders: boolean;
  /** The worth of switching to it: work waiting for each instance that would share it, and how long it has waited. */
  worthMs: number;
}

/** Nobody is left to others for ever: those may not take it, for whatever reason. */
function isOverdue(line: Line, standing: Pick<Candidate, 'patienceMs'>): boolean {
  return line.isChoosy === true || line.oldestMs > standing.patienceMs;
}

interface LaneLoad {
  workMs: number;
  oldestMs: number;
  holders: InstanceView[];
}

/** The lines that the instance can run. */
export function candidatesFor(situation: Situation): Candidate[] {
  const { instance, backlog } = situation;
  const runnable = backlog.requirements.filter(({ requirement }) => instance.canRun(requirement));
  const lanes = laneLoads(situation, runnable);
  const byRequirement = new Map(
    runnable.map((entry) => [entry.requirement, standingOf(situation, entry, lanes)]),
  );
  const candidates: Candidate[] = [];
  for (const line of backlog.lines) {
    const standing = byRequirement.get(line.requirement);
    if (!standing || line.waiting === 0) continue;
    candidates.push({
      line,
      ...standing,
      isLeftToHolders: standing.isLeftToHolders && !isOverdue(line, standing),
    });
  }
  return candidates;
}

/** What waits in each lane, and who has its models in memory. */
function laneLoads(
  { others, instance, times }: Situation,
  runnable: readonly RequirementBacklog[],
): Map<string, LaneLoad> {
  const lanes = new Map<string, LaneLoad>();
  for (const { lane, waiting, oldestMs } of runnable) {
    const load = lanes.get(lane) ?? { workMs: 0, oldestMs: 0, holders: [] };
    load.workMs += waiting * times(lane, instance.id).runMs;
    load.oldestMs = Math.max(load.oldestMs, oldestMs);
    lanes.set(lane, load);
  }
  for (const other of others) {
    for (const lane of other.warmLanes) lanes.get(lane)?.holders.push(other);
  }
  return lanes;
}

function standingOf(
  situation: Situation,
  { requirement, lane }: RequirementBacklog,
  lanes: ReadonlyMap<string, LaneLoad>,
): Omit<Candidate, 'line'> {
  const { instance, times, settings } = situation;
  const expected = times(lane, instance.id);
  const { runMs, loadMs } = expected;
  const load = lanes.get(lane) ?? { workMs: 0, oldestMs: 0, holders: [] };
  const holders = hasAffinity(lane)
    ? load.holders.filter((holder) => holder.canRun(requirement))
    : [];
  const mineMs = instance.busyMs + loadMs + runMs;
  return {
    times: expected,
    patienceMs: patienceMs(loadMs, settings),
    holders: holders.length,
    isLeftToHolders: holders.length > 0 && throughMs(holders, lanes) <= mineMs,
    worthMs: load.workMs / (holders.length + 1) + load.oldestMs,
  };
}

/** When `holders` will be through with what they hold and what waits in their warm lanes, shared out evenly. */
function throughMs(holders: readonly InstanceView[], lanes: ReadonlyMap<string, LaneLoad>): number {
  const shareMs = (lane: string): number => {
    const load = lanes.get(lane);
    return load ? load.workMs / Math.max(1, load.holders.length) : 0;
  };
  const each = holders.map(
    (holder) => holder.busyMs + holder.warmLanes.reduce((total, lane) => total + shareMs(lane), 0),
  );
  return each.reduce((total, ms) => total + ms, 0) / each.length;
}
