import type { InstanceView, RequirementBacklog } from './types';

/** Requirements looked at for each instance: of those that wait longest, and of those that most shots have. */
const OF_EACH = 4;

/**
 * The requirements whose lines are worth reading: for each instance, among those that it can run, the ones whose models it
 * has in memory, the ones that wait longest, and the ones with most waiting. What it cannot run hides nothing from it.
 */
export function focusOn(
  instances: readonly InstanceView[],
  waiting: readonly RequirementBacklog[],
): string[] {
  const focus = new Set<string>();
  const byAge = waiting.toSorted((a, b) => b.oldestMs - a.oldestMs);
  const byCount = waiting.toSorted((a, b) => b.waiting - a.waiting);
  for (const instance of instances) {
    const first = (ordered: readonly RequirementBacklog[]) =>
      take(ordered, ({ requirement }) => instance.canRun(requirement));
    const warm = waiting.filter(
      ({ lane, requirement }) => instance.warmLanes.includes(lane) && instance.canRun(requirement),
    );
    for (const { requirement } of [...warm, ...first(byAge), ...first(byCount)]) {
      focus.add(requirement);
    }
  }
  return [...focus];
}

function take<T>(items: readonly T[], isWanted: (item: T) => boolean): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === OF_EACH) break;
    if (isWanted(item)) taken.push(item);
  }
  return taken;
}
