/** What an operator may change about the policy. */
export interface SchedulingSettings {
  /** Patience of a cold lane: so many times what its models take to load. */
  patienceLoads: number;
  /** Least and most patience, milliseconds. */
  minPatienceMs: number;
  maxPatienceMs: number;
  /** An owner may fall behind warm work by the GPU time of so many loads; then its cold lane goes first. */
  fairnessLoads: number;
}

export const DEFAULT_SCHEDULING: SchedulingSettings = {
  patienceLoads: 25,
  minPatienceMs: 60_000,
  maxPatienceMs: 600_000,
  fairnessLoads: 2,
};

/** How long a shot of a cold lane lets warm work pass, milliseconds, by how long its models take to load. */
export function patienceMs(loadMs: number, settings: SchedulingSettings): number {
  const wished = settings.patienceLoads * loadMs;
  return Math.min(settings.maxPatienceMs, Math.max(settings.minPatienceMs, wished));
}
