import { NOTHING_LEARNED, timesFrom, type LaneTimes } from '@avatarforge/core';
import type { LaneTimesRecord } from '@avatarforge/db';

/** How long shots take, from what was learned on all instances. */
export class LaneClock {
  private readonly onInstance = new Map<string, LaneTimesRecord>();
  private readonly ofLane = new Map<string, LaneTimesRecord>();

  constructor(records: LaneTimesRecord[]) {
    for (const record of records) {
      this.onInstance.set(keyOf(record.instanceId, record.lane), record);
      // Whichever instance saw most of the lane speaks for those that saw nothing of it.
      const known = this.ofLane.get(record.lane);
      if (!known || record.runs > known.runs) this.ofLane.set(record.lane, record);
    }
  }

  /** The times to reckon with. */
  times(instanceId: string, lane: string): LaneTimes {
    return timesFrom(
      this.onInstance.get(keyOf(instanceId, lane)) ?? NOTHING_LEARNED,
      this.ofLane.get(lane) ?? NOTHING_LEARNED,
    );
  }

  /** What was learned of the lane on this instance. */
  learned(instanceId: string, lane: string): LaneTimesRecord {
    const known = this.onInstance.get(keyOf(instanceId, lane));
    return known ?? { instanceId, lane, ...NOTHING_LEARNED, runs: 0 };
  }

  /** Learned more. */
  learn(record: LaneTimesRecord): void {
    this.onInstance.set(keyOf(record.instanceId, record.lane), record);
  }
}

function keyOf(instanceId: string, lane: string): string {
  return `${instanceId} ${lane}`;
}
