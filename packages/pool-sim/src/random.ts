/** Random numbers from a seed: the same seed gives the same numbers on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  between(least: number, most: number): number;
  /** Exponentially distributed: the gap to the next of independent arrivals. */
  exponential(mean: number): number;
  /** An index, by weights that need not add up to one. */
  weighted(weights: readonly number[]): number;
}

/** Mulberry32, by Tommy Ettinger (public domain): small, and good enough for workloads. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    exponential: (mean) => -mean * Math.log(1 - next()),
    weighted: (weights) => {
      let left = next() * weights.reduce((total, weight) => total + weight, 0);
      const index = weights.findIndex((weight) => (left -= weight) < 0);
      return index === -1 ? weights.length - 1 : index;
    },
  };
}
