import type { Choice, Situation } from '@avatarforge/core';

/** Decides what an instance takes. The project's is `choose` of packages/core. */
export type Policy = (situation: Situation) => Choice[];

/** For comparison: late binding, but the oldest shot first, whatever its models and whoever owns it. */
export const oldestFirst: Policy = ({ instance, backlog }) =>
  backlog.lines
    .filter(({ requirement }) => instance.canRun(requirement))
    .sort((a, b) => b.oldestMs - a.oldestMs)
    .map(({ requirement, lane, ownerId }) => ({
      requirement,
      lane,
      ownerId,
      limit: 1,
      placement: 'anywhere',
      isCold: !instance.warmLanes.includes(lane),
    }));
