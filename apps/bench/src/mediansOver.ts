import { medianOf, type Round } from './rounds';

/** Measures each of them, one after the other. Gives the median of each value over them. */
export function mediansOver<T>(
  all: readonly T[],
  measureOne: (one: T) => Round | Promise<Round>,
): Promise<Round> {
  const turns = all.map((one) => () => measureOne(one));
  return medianOf(all.length, async () => turns.shift()?.() ?? {});
}
