import { shotForecast } from '@avatarforge/core';
import {
  claimScheduled,
  MANY_WAITING,
  noteForeseen,
  readForecastBias,
  saveForecast,
  type Database,
} from '@avatarforge/db';
import { Scheduler } from '../scheduling/scheduler';

const EVERY_MS = 2000;
/** Lines of which is looked later how true the forecast was. */
const SAMPLE = 20;

/** A function that writes what the pool is expected to do, for the API to tell who waits; of all workers one does it at a time. */
export function createForesight(database: Database): () => Promise<void> {
  const scheduler = new Scheduler(database);
  return async () => {
    if (!(await claimScheduled(database, 'pool.forecast', EVERY_MS))) return;
    scheduler.lookAgain();
    await scheduler.look(() => true);
    const bias = await readForecastBias(database);
    const { needs, lines } = scheduler.forecast();
    await saveForecast(database, { lines, needs, bias });
    const lasts = lines
      .map((line) => ({ ...line, waiting: scheduler.waiting(line) }))
      .filter(({ waiting }) => waiting < MANY_WAITING)
      .slice(0, SAMPLE)
      .map((line) => ({ ...line, startMs: shotForecast(line, line.waiting, bias).startMs }));
    await noteForeseen(database, lasts);
  };
}
