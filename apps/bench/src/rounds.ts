import { median } from '@avatarforge/pool-sim';

/** What one round measured, by name. */
export type Round = Record<string, number>;

/** Repeats a measurement. Gives the median of each value over the rounds. */
export async function medianOf<R extends Round>(
  count: number,
  measureOnce: () => Promise<R>,
): Promise<R> {
  const rounds: R[] = [];
  for (let n = 0; n < count; n += 1) rounds.push(await measureOnce());
  const names = Object.keys(rounds[0] ?? {});
  const medians = names.map((name) => [name, median(rounds.map((round) => round[name] ?? 0))]);
  return Object.fromEntries(medians) as R;
}
