import type { Outcome } from './machine';
import type { Workload } from './trace';

/** What a simulation amounts to. Milliseconds. */
export interface Measures {
  makespanMs: number;
  loads: number;
  /** Part of the instances' time in which shots ran; loading is not counted. */
  busyShare: number;
  /** No schedule is shorter: (all runs + one load for each model) / instances. */
  lowerBoundMs: number;
}

/** Measures of a workload that was simulated on instances of speed 1. */
export function measure(workload: Workload, outcomes: readonly Outcome[]): Measures {
  const { instances, loadMs } = workload;
  const firstMs = Math.min(...outcomes.map(({ shot }) => shot.arrivalMs));
  const makespanMs = Math.max(...outcomes.map(({ endMs }) => endMs)) - firstMs;
  const runsMs = sum(outcomes.map(({ runningMs, endMs }) => endMs - runningMs));
  const lanes = new Set(outcomes.map(({ shot }) => shot.lane));
  const loadsMs = sum([...lanes].map((lane) => loadMs[lane] ?? 0));
  return {
    makespanMs,
    loads: outcomes.filter(({ wasCold }) => wasCold).length,
    busyShare: runsMs / (instances.length * makespanMs),
    lowerBoundMs: (runsMs + loadsMs) / instances.length,
  };
}

/** From submit until it ran, milliseconds. */
export const waitMs = ({ shot, runningMs }: Outcome): number => runningMs - shot.arrivalMs;

/** From submit to the end, milliseconds. */
export const responseMs = ({ shot, endMs }: Outcome): number => endMs - shot.arrivalMs;

/** The value below which `part` of `values` lie; 0 without values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

/** The middle of `values`. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
