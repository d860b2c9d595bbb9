import type { Generation } from '@avatarforge/contracts';
import type { Database, GenerationRecord } from '@avatarforge/db';
import { findOwnGeneration, listGenerations, type ServiceContext } from '@avatarforge/services';
import { showGenerations, type ShowDeps } from '../handlers/showGenerations';
import type { LiveTopics } from './liveClient';

/** What of a user's is not final is told at the start, so many of each state at most. */
const MOST_SHOWN = 50;

/** Shows what a client of this user begins to watch; ids that are not the user's are left out. */
export function createShowTopics(deps: ShowDeps & { database: Database }, ctx: ServiceContext) {
  return async (topics: LiveTopics): Promise<Generation[]> => {
    const records =
      topics === 'all'
        ? await listUnfinished(deps, ctx)
        : (await Promise.all(topics.map((id) => findOwnGeneration(deps, { ctx, id })))).flatMap(
            (one) => one ?? [],
          );
    return showGenerations(deps, records);
  };
}

async function listUnfinished(
  deps: { database: Database },
  ctx: ServiceContext,
): Promise<GenerationRecord[]> {
  const pages = (['processing', 'queued'] as const).map((status) =>
    listGenerations(deps, { ctx, query: { status, limit: MOST_SHOWN } }),
  );
  return (await Promise.all(pages)).flatMap(({ generations }) => generations);
}
