import {
  choose,
  DEFAULT_SCHEDULING,
  type Choice,
  type PoolState,
  type SchedulingSettings,
  type Situation,
} from '@avatarforge/core';
import { Agenda } from './agenda';
import { Ledger } from './ledger';
import { Machine, type Outcome } from './machine';
import { Memory, timesOf } from './memory';
import type { Policy } from './policies';
import type { Workload } from './trace';
import { WaitingRoom, type WaitingShot } from './waitingRoom';

/** How the pool is run. */
export interface SimOptions {
  policy?: Policy;
  settings?: SchedulingSettings;
  /** Shots that an instance holds, the running one included; 2 unless given: one is prefetched. */
  depth?: number;
  /** The times of the lanes were learned before; else they are learned on the way. */
  knowsTimes?: boolean;
  /** Called with each shot that arrives, after it has joined its line. */
  onArrival?: (moment: Moment) => void;
  /** Called when a shot is taken. */
  onClaim?: (moment: Moment) => void;
  /** Called when an instance turns to a shot. */
  onStart?: (outcome: Outcome) => void;
  /** Called when an instance with a free slot was offered no choice. */
  onIdle?: (situation: Situation) => void;
}

/** The pool at one moment, and the shot it is about. */
export interface Moment {
  nowMs: number;
  shot: WaitingShot;
  room: WaitingRoom;
  /** What the policy would see for an instance; every instance is in `instances`. */
  pool: () => PoolState;
}

type Event =
  | { kind: 'arrival'; shot: WaitingShot }
  | { kind: 'end'; machine: Machine; outcome: Outcome }
  | { kind: 'retry' };

/** How soon an instance that found nothing to take asks again, milliseconds. */
const RETRY_MS = 1000;

/**
 * Runs a workload to its end, event by event: no clock, no servers, the very functions that production calls. The outcomes
 * are in the order in which shots were started; shots that no instance can run have none.
 */
export function simulate(workload: Workload, options: SimOptions = {}): Outcome[] {
  return new Simulation(workload, options).run();
}

class Simulation {
  readonly #agenda = new Agenda<Event>();
  readonly #room = new WaitingRoom();
  readonly #memory: Memory;
  readonly #machines: Machine[];
  readonly #ledger: Ledger;
  readonly #outcomes: Outcome[] = [];
  #nowMs = 0;
  #retryMs = -1;

  constructor(
    readonly workload: Workload,
    readonly options: SimOptions,
  ) {
    const { instances, shots, weights } = workload;
    this.#memory = new Memory(options.knowsTimes ? timesOf(workload) : new Map());
    this.#machines = instances.map((spec) => new Machine(spec));
    this.#ledger = new Ledger(new Set(shots.map(({ owner }) => owner)), weights ?? {});
    for (const [index, shot] of shots.entries()) {
      this.#agenda.add(shot.arrivalMs, { kind: 'arrival', shot: { ...shot, index } });
    }
  }

  run(): Outcome[] {
    for (let next = this.#agenda.next(); next; next = this.#agenda.next()) {
      this.#nowMs = next.atMs;
      this.#handle(next.item);
      if (this.#agenda.nextMs === this.#nowMs) continue;
      this.#ledger.settle(this.#nowMs, this.#room.owners());
      this.#fillSlots();
    }
    return this.#outcomes;
  }

  #handle(event: Event): void {
    if (event.kind === 'arrival') {
      this.#room.add(event.shot);
      this.options.onArrival?.(this.#moment(event.shot));
    } else if (event.kind === 'end') {
      this.#finish(event.machine, event.outcome);
    }
  }

  #finish(machine: Machine, { shot, wasCold, ...outcome }: Outcome): void {
    const { startMs, runningMs, endMs, expectedMs } = outcome;
    this.#ledger.charge(shot.owner, endMs - runningMs - expectedMs);
    this.#memory.learn(shot.lane, machine.spec.id, { gpuMs: endMs - startMs, wasCold });
    machine.finish();
    this.#start(machine);
  }

  /** Instances that do nothing ask first; each takes one shot at a time until its slots are full. */
  #fillSlots(): void {
    const depth = this.options.depth ?? 2;
    for (let held = 0; held < depth; held += 1) {
      for (const machine of this.#machines) {
        if (machine.holds > held || this.#room.size === 0) continue;
        this.#claim(machine);
        this.#start(machine);
      }
    }
    this.#retryLater();
  }

  #claim(machine: Machine): void {
    const { instances, ...rest } = this.#pool();
    const index = this.#machines.indexOf(machine);
    const instance = instances[index];
    if (!instance) return;
    const others = instances.filter((other) => other !== instance);
    const situation = { ...rest, instance, others, slots: 1 };
    const [choice] = (this.options.policy ?? choose)(situation);
    if (choice) this.#take(machine, choice);
    else this.options.onIdle?.(situation);
  }

  #take(machine: Machine, { lane, ownerId, placement }: Choice): void {
    const shot = this.#room.take(lane, ownerId);
    if (!shot || !machine.canRun(lane)) throw new Error(`A choice cannot be taken: ${lane}`);
    const expectedMs = this.#memory.times(lane, machine.spec.id).runMs;
    machine.hold({ shot, placement, claimedMs: this.#nowMs, expectedMs });
    this.#ledger.charge(ownerId, expectedMs);
    this.options.onClaim?.(this.#moment(shot));
  }

  #start(machine: Machine): void {
    const outcome = machine.start(this.#nowMs, (lane) => this.workload.loadMs[lane] ?? 0);
    if (!outcome) return;
    this.#outcomes.push(outcome);
    this.options.onStart?.(outcome);
    this.#agenda.add(outcome.endMs, { kind: 'end', machine, outcome });
  }

  /** While instances leave waiting work to others, they ask again; but not for work that nobody can run. */
  #retryLater(): void {
    const isBusy = this.#machines.some(({ holds }) => holds > 0);
    if (this.#room.size === 0 || !isBusy || this.#retryMs > this.#nowMs) return;
    this.#retryMs = this.#nowMs + RETRY_MS;
    this.#agenda.add(this.#retryMs, { kind: 'retry' });
  }

  #moment(shot: WaitingShot): Moment {
    return { nowMs: this.#nowMs, shot, room: this.#room, pool: () => this.#pool() };
  }

  #pool(): PoolState {
    const { times } = this.#memory;
    return {
      instances: this.#machines.map((machine) => machine.view(this.#nowMs, times)),
      backlog: this.#room.backlog(this.#nowMs, this.#ledger.accounts(), this.#ledger.virtualTimeMs),
      times,
      settings: this.options.settings ?? DEFAULT_SCHEDULING,
    };
  }
}
