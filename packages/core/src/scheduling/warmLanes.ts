import { DYNAMIC_LANE, NO_LANE } from '../lanes';

/** Whether it matters where shots of `lane` run. It does not for graphs without models, nor where the models are not known. */
export function hasAffinity(lane: string): boolean {
  return lane !== NO_LANE && lane !== DYNAMIC_LANE;
}

/** The lanes an instance has warm after a shot of `lane`: the most recently used first, `warmSize` at most. */
export function nextWarmLanes(
  warmLanes: readonly string[],
  warmSize: number,
  lane: string,
): string[] {
  if (!hasAffinity(lane)) return [...warmLanes];
  return [lane, ...warmLanes.filter((other) => other !== lane)].slice(0, Math.max(1, warmSize));
}
