/**
 * How many shots an instance holds, the running one included. Two hide the way of the next one to the instance; more are
 * needed where a run is shorter than that way. Milliseconds.
 */
export function depthFor({ refillMs, runMs }: { refillMs: number; runMs: number }): number {
  return Math.min(6, Math.max(2, 1 + Math.ceil(refillMs / Math.max(1, runMs))));
}
