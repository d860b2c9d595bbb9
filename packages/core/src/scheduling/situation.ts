import type { SchedulingSettings } from './settings';
import type { Backlog, InstanceView, LaneTimes } from './types';

/** What {@link choose} decides from. */
export interface Situation {
  /** The instance that asks. */
  instance: InstanceView;
  /** How many shots it can take. */
  slots: number;
  /** The other instances that take work now: no drained, quarantined or unreachable ones, nobody should wait for those. */
  others: readonly InstanceView[];
  backlog: Backlog;
  /** Times of a lane on an instance. */
  times: (lane: string, instanceId: string) => LaneTimes;
  settings: SchedulingSettings;
}
