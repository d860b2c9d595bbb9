import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@avatarforge/db';
import type { LeaseSpan } from './audit/evidence';

const LOOK_MS = 200;

interface LeaseRow {
  instance: string;
  worker_id: string;
  epoch: string;
}

/** Notes who drives which instance, by looking again and again. */
export interface LeaseWatch {
  /** So far. */
  spans: readonly LeaseSpan[];
  stop(): Promise<void>;
}

/** Looks at the leases five times a second; while Postgres is away nothing is seen. */
export function watchLeases(database: Database): LeaseWatch {
  const spans: LeaseSpan[] = [];
  const latest = new Map<string, LeaseSpan>();
  const stopping = new AbortController();

  const look = async () => {
    const rows = await database.query<LeaseRow>(
      `SELECT i.url AS instance, l.worker_id, l.epoch::text
         FROM instance_leases l JOIN instances i ON i.id = l.instance_id
        WHERE l.worker_id IS NOT NULL AND l.expires_at > now()`,
    );
    const now = Date.now();
    for (const { instance, worker_id, epoch } of rows) {
      const last = latest.get(instance);
      if (last?.epoch === epoch && last.worker_id === worker_id) {
        last.to = now;
        continue;
      }
      const span = { instance, worker_id, epoch, from: now, to: now };
      latest.set(instance, span);
      spans.push(span);
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(() => undefined);
      await delay(LOOK_MS);
    }
  })();
  return {
    spans,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
