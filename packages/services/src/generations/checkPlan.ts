import { checkGraphOnPool, type PoolCatalog } from '@avatarforge/workflows';
import { toFault } from './graphFaults';
import type { CheckedPlan, Plan } from './plan';

/**
 * Checks every shot of a plan against what the pool can run, and keeps each off the instances that would refuse it though
 * they have what it needs; needs are looked at when it is claimed, since they may be installed meanwhile. While nothing is known of the pool, everything passes: ComfyUI itself has the last word.
 */
export function checkPlan(plan: Plan, catalogs: PoolCatalog[]): CheckedPlan {
  const known = catalogs.flatMap(({ instances }) => instances);
  if (known.length === 0) {
    return { ...plan, isRunnable: true, runnableOn: [], faults: [], checkedAgainst: 0 };
  }
  const checks = plan.shots.map((shot) =>
    checkGraphOnPool(shot.graph, catalogs, { uploads: shot.uploads }),
  );
  const refused = checks.find(({ runnableOn }) => runnableOn.length === 0);
  return {
    ...plan,
    shots: plan.shots.map((shot, n) => ({
      ...shot,
      avoid: checks[n]?.unfit ?? [],
    })),
    isRunnable: refused === undefined,
    runnableOn: known.filter((id) => checks.every(({ runnableOn }) => runnableOn.includes(id))),
    faults: refused?.issues.map((issue) => toFault(issue, plan.pointerTo)) ?? [],
    checkedAgainst: known.length,
  };
}
