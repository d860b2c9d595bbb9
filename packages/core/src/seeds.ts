import { randomInt } from 'node:crypto';

const HIGH = 2 ** 21;
const LOW = 2 ** 32;

/** A random seed from 0 to 2^53 − 1: JSON numbers carry no more without loss. */
export function drawSeed(): number {
  return randomInt(HIGH) * LOW + randomInt(LOW);
}

/** The seed of the nth shot, counted from 0: `seed + n`, wrapping at 2^53. */
export function seedOfShot(seed: number, n: number): number {
  return Number((BigInt(seed) + BigInt(n)) % 2n ** 53n);
}
