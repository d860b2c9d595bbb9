import type { Outcome } from './machine';

/**
 * How far apart the GPU time that two owners have had so far grows while both have work waiting, milliseconds. A shot counts
 * as it runs; loading models does not count.
 */
export function consumedGapMs(outcomes: readonly Outcome[], owners: [string, string]): number {
  const [one] = owners;
  const lastClaims = owners.map((owner) =>
    Math.max(...outcomes.filter(({ shot }) => shot.owner === owner).map((o) => o.claimedMs)),
  );
  const untilMs = Math.min(...lastClaims);
  const turns = outcomes
    .flatMap(({ shot, runningMs, endMs }) => {
      const sign = shot.owner === one ? 1 : -1;
      return [
        { atMs: runningMs, change: sign },
        { atMs: endMs, change: -sign },
      ];
    })
    .filter(({ atMs }) => atMs <= untilMs)
    .sort((a, b) => a.atMs - b.atMs);
  let [gapMs, widestMs, slope, nowMs] = [0, 0, 0, 0];
  for (const { atMs, change } of turns) {
    gapMs += slope * (atMs - nowMs);
    widestMs = Math.max(widestMs, Math.abs(gapMs));
    slope += change;
    nowMs = atMs;
  }
  return widestMs;
}
