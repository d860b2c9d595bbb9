/** Hashes text to 32 bits. Algorithm: FNV-1a with the final mix of MurmurHash3. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** Chance that is the same every time: each trait asks with its own name, so none moves another. */
export class Chance {
  constructor(readonly seed: string) {}

  /** A number from 0 up to but not including 1. */
  number(trait: string): number {
    return hash(`${this.seed}|${trait}`) / 2 ** 32;
  }

  between(trait: string, low: number, high: number): number {
    return low + this.number(trait) * (high - low);
  }

  isTrue(trait: string, probability: number): boolean {
    return this.number(trait) < probability;
  }

  pick<T>(trait: string, options: readonly [T, ...T[]]): T {
    return options[Math.floor(this.number(trait) * options.length)] ?? options[0];
  }
}
