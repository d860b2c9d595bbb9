import type { WaitingReason } from '@avatarforge/contracts';
import { shotForecast } from '@avatarforge/core';
import {
  readForecast,
  type Database,
  type PoolForecast,
  type RequirementOutlook,
} from '@avatarforge/db';
import { cached } from '../cached';

const CACHE_MS = 1000;
/** A forecast is written every two seconds; an older one is of a pool that nobody looks after. */
const MAX_AGE_MS = 15_000;

/** A place in the line of an owner's waiting shots with one requirement. */
interface LinePlace {
  requirement: string;
  ownerId: string;
  /** How many of the line come first. */
  ahead: number;
}

/** What is foreseen for a waiting shot. */
interface ForeseenShot {
  /** Shots of anybody's that are begun before it. */
  queuePosition: number;
  /** Milliseconds from now until it is drawn. */
  endMs: number;
}

/** What workers foresee for the pool. Null where that is nothing, as for what came moments ago. */
export interface Foresight {
  at(place: LinePlace): ForeseenShot | null;
  /** Why shots with this requirement wait. */
  reasonFor(requirement: string): WaitingReason | null;
  /** Milliseconds from one shot of the owner's to the next. */
  paceMs(ownerId: string): number | null;
}

/** A function that gives the latest forecast, read at most once a second; null when there is none of late. */
export function createForesight(deps: { database: Database }): () => Promise<Foresight | null> {
  return cached(CACHE_MS, async () => {
    const found = await readForecast(deps.database);
    if (!found || found.ageMs > MAX_AGE_MS) return null;
    return toForesight(found.forecast, performance.now() - found.ageMs);
  });
}

/** @param madeAt when the forecast was made, by `performance.now()` */
function toForesight({ lines, needs, bias }: PoolForecast, madeAt: number): Foresight {
  const lineOf = new Map(lines.map((line) => [nameOf(line), line]));
  const needOf = new Map(needs.map((need) => [need.requirement, need]));
  return {
    at(place) {
      const line = lineOf.get(nameOf(place));
      if (!line) return null;
      const { queuePosition, endMs } = shotForecast(line, place.ahead + 1, bias);
      return { queuePosition, endMs: Math.max(0, endMs - (performance.now() - madeAt)) };
    },
    reasonFor(requirement) {
      const need = needOf.get(requirement);
      return need ? reasonAmong(need) : null;
    },
    paceMs(ownerId) {
      const paces = lines.filter((line) => line.ownerId === ownerId).map((line) => line.everyMs);
      return paces.length === 0 ? null : bias * Math.min(...paces);
    },
  };
}

function nameOf({ requirement, ownerId }: { requirement: string; ownerId: string }): string {
  return `${requirement} ${ownerId}`;
}

function reasonAmong({ able, open, ready }: RequirementOutlook): WaitingReason {
  if (able === 0) return 'no_eligible_instance';
  if (open === 0) return 'draining';
  return ready === 0 ? 'pool_unavailable' : 'busy';
}
