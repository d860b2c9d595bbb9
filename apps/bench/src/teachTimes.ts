import type { Workload } from '@avatarforge/pool-sim';
import { laneOf } from '@avatarforge/core';
import { saveLaneTimes } from '@avatarforge/db';
import { toGraph } from './traceGraph';
import type { TracePool } from './tracePool';

/** As if the pool had seen so many runs of each lane. */
const RUNS = 100;

/**
 * Lets the pool know how long the lanes of a trace take, as one that has run for long does. It would learn that within a second
 * or two, which is nothing at full time and much where all times are shortened.
 */
export async function teachTimes({ database }: TracePool, trace: Workload): Promise<void> {
  const instances = await database.query<{ id: string }>('SELECT id FROM instances');
  const records = Object.entries(trace.loadMs).flatMap(([name, loadMs]) => {
    const runs = trace.shots.filter(({ lane }) => lane === name).map(({ runMs }) => runMs);
    if (runs.length === 0) return [];
    const runMs = runs.reduce((sum, ms) => sum + ms, 0) / runs.length;
    const lane = laneOf(toGraph(name, { runMs, seed: 0 }));
    return instances.map(({ id }) => ({ instanceId: id, lane, runMs, loadMs, runs: RUNS }));
  });
  await database.transaction((query) => saveLaneTimes(query, records));
}
