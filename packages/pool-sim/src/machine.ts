import {
  nextWarmLanes,
  type InstanceView,
  type LaneTimes,
  type Placement,
} from '@avatarforge/core';
import type { SimInstance } from './trace';
import type { WaitingShot } from './waitingRoom';

/** What became of one shot. Milliseconds since the start of the simulation. */
export interface Outcome {
  shot: WaitingShot;
  instanceId: string;
  placement: Placement;
  claimedMs: number;
  /** The instance turned to it: began to load its models, or to run it. */
  startMs: number;
  /** It ran: {@link startMs}, or later where models were loaded first. */
  runningMs: number;
  endMs: number;
  wasCold: boolean;
  /** Run time reckoned with when it was claimed. */
  expectedMs: number;
}

/** A shot that an instance holds. */
interface Held {
  shot: WaitingShot;
  placement: Placement;
  claimedMs: number;
  expectedMs: number;
}

/** A simulated instance: runs one shot at a time and holds a few. */
export class Machine {
  /** Whose models are in memory. */
  #loaded: string[] = [];
  /** As the policy sees it: what is claimed counts as used. */
  #warm: string[] = [];
  readonly #held: Held[] = [];
  #running: Outcome | undefined;

  constructor(readonly spec: SimInstance) {}

  get holds(): number {
    return this.#held.length + (this.#running ? 1 : 0);
  }

  readonly canRun = (requirement: string): boolean =>
    !(this.spec.lacks ?? []).includes(requirement);

  view(nowMs: number, times: (lane: string, instanceId: string) => LaneTimes): InstanceView {
    const { id, warmSize } = this.spec;
    const heldMs = this.#held.reduce((total, held) => total + held.expectedMs, 0);
    const busyMs = heldMs + this.#leftMs(nowMs, times);
    return { id, warmSize, warmLanes: this.#warm, busyMs, canRun: this.canRun };
  }

  hold(held: Held): void {
    this.#held.push(held);
    this.#warm = nextWarmLanes(this.#warm, this.spec.warmSize, held.shot.lane);
  }

  /** Starts the next shot it holds, if it runs none. `loadMs`: what its models take to load. */
  start(nowMs: number, loadMs: (lane: string) => number): Outcome | undefined {
    const next = this.#running ? undefined : this.#held.shift();
    if (!next) return undefined;
    const { shot, ...claim } = next;
    const wasCold = !this.#loaded.includes(shot.lane);
    this.#loaded = nextWarmLanes(this.#loaded, this.spec.warmSize, shot.lane);
    const runningMs = nowMs + (wasCold ? loadMs(shot.lane) : 0);
    const endMs = runningMs + shot.runMs / this.spec.speed;
    const instanceId = this.spec.id;
    this.#running = { ...claim, shot, instanceId, wasCold, startMs: nowMs, runningMs, endMs };
    return this.#running;
  }

  finish(): void {
    this.#running = undefined;
  }

  #leftMs(nowMs: number, times: (lane: string, instanceId: string) => LaneTimes): number {
    if (!this.#running) return 0;
    const { shot, wasCold, startMs } = this.#running;
    const { runMs, loadMs } = times(shot.lane, this.spec.id);
    return Math.max(0, startMs + runMs + (wasCold ? loadMs : 0) - nowMs);
  }
}
