import { nearestNames } from '@avatarforge/core';

/** The names of `valid` most like `name`. */
export type NearestFinder = (name: string, valid: readonly string[]) => string[];

/** Pairs of characters that are compared in one check: about half a second of work. */
const MAX_WORK = 20_000_000;
/** Of longer names only the end counts. */
const MAX_LENGTH = 100;

/** Finds names for one check of a graph. A hostile graph has thousands of wrong ones: after enough work, none are found. */
export function createNearestFinder(): NearestFinder {
  let done = 0;
  return (name, valid) => {
    const wanted = name.slice(-MAX_LENGTH);
    const lengths = valid.reduce((sum, other) => sum + Math.min(other.length, MAX_LENGTH), 0);
    const work = wanted.length * lengths;
    if (done > 0 && done + work > MAX_WORK) return [];
    done += work;
    return nearestNames(wanted, valid);
  };
}
