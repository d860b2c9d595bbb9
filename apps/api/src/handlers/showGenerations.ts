import type { Generation } from '@avatarforge/contracts';
import type { GenerationRecord } from '@avatarforge/db';
import type { LiveChannel } from '@avatarforge/queue';
import type { Outlooks } from '@avatarforge/services';
import { toGeneration } from '../presenters/generation';

export interface ShowDeps {
  outlooks: Outlooks;
  /** The last known progress of each shot, by generation. */
  readProgress: LiveChannel['readProgress'];
}

/** Generations as v1 shows them, with what is foreseen for them and how far they are drawn. */
export async function showGenerations(
  { outlooks, readProgress }: ShowDeps,
  generations: GenerationRecord[],
): Promise<Generation[]> {
  const drawn = generations.filter(({ status }) => status === 'processing');
  const [foreseen, progress] = await Promise.all([
    outlooks.of(generations),
    readProgress(drawn.map(({ id }) => id)),
  ]);
  return generations.map((generation) =>
    toGeneration(generation, {
      outlook: foreseen.get(generation.id),
      progress: progress.get(generation.id),
    }),
  );
}
