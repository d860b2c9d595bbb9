import type { Batch } from '@avatarforge/contracts';
import type { BatchRecord } from '@avatarforge/db';
import { batchUrl, generationUrl } from './urls';

/** A batch as v1 shows it. */
export function toBatch({ createdAt, finishedAt, generations, ...counts }: BatchRecord): Batch {
  return {
    ...counts,
    generations: generations.map(({ id, status }) => ({
      ...{ id, status },
      urls: { self: generationUrl(id) },
    })),
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    urls: { self: batchUrl(counts.id) },
  };
}
