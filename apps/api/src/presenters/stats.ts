import { InstanceHealth, type Stats } from '@avatarforge/contracts';
import type { PoolStats } from '@avatarforge/services';

/** What waits, what draws and what is stored, as v1 shows it to operators. */
export function toStats({ lanes, active, isCapped, workers, use, storage }: PoolStats): Stats {
  const instances = InstanceHealth.options.map((health) => [health, use.byHealth[health] ?? 0]);
  return {
    queue: {
      waiting: lanes.reduce((sum, { waiting }) => sum + waiting, 0),
      is_capped: isCapped,
      active,
      oldest_wait_seconds:
        lanes.length === 0 ? null : toSeconds(Math.max(...lanes.map((lane) => lane.oldestWaitMs))),
      lanes: lanes.map(({ lane, waiting, oldestWaitMs }) => ({
        ...{ lane, waiting },
        oldest_wait_seconds: toSeconds(oldestWaitMs),
      })),
    },
    pool: {
      workers,
      instances: Object.fromEntries(instances) as Stats['pool']['instances'],
      draining: use.draining,
      busy: use.busy,
    },
    storage: {
      blobs: storage.blobs,
      bytes: storage.bytes,
      files: storage.files,
      measured_at: storage.measuredAt.toISOString(),
    },
  };
}

/** Milliseconds → seconds, to the tenth. */
function toSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
