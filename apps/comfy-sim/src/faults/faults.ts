import { setTimeout as delay } from 'node:timers/promises';
import { ActiveFault, type FaultReport } from './activeFault';
import type { FaultyServer } from './faultKind';
import { parseFault, type FaultRequest } from './faultRequest';
import type { Point, Scene, Values } from './points';

/**
 * The faults that are switched on. The server calls `at` and `alter` at its named points; with no
 * fault both do nothing. Faults outlive a crash of the server.
 */
export class Faults {
  private active: ActiveFault[] = [];
  private server: FaultyServer | undefined;
  private hasBegun = false;
  private lastId = 0;

  /** Switches a fault on and returns its id. Throws InvalidFault, whatever the types say. */
  add(request: FaultRequest): string {
    this.lastId += 1;
    const fault = new ActiveFault(String(this.lastId), parseFault(request));
    this.active.push(fault);
    this.bringOn(fault);
    return fault.id;
  }

  /** What is switched on, and how often each has bitten, oldest first. */
  list(): readonly FaultReport[] {
    return this.active.map((fault) => fault.report());
  }

  /** Switches a fault off; false when there is none with this id. */
  remove(id: string): boolean {
    const fault = this.active.find((one) => one.id === id);
    fault?.remove();
    this.active = this.active.filter((one) => one !== fault);
    return fault !== undefined;
  }

  clear(): void {
    for (const { id } of this.active) this.remove(id);
  }

  /** A new life of the server begins. */
  attach(server: FaultyServer): void {
    this.server = server;
    this.hasBegun = false;
  }

  /** The server listens: what was to happen `now` happens from now on. */
  begin(): void {
    this.hasBegun = true;
    for (const fault of this.active) this.bringOn(fault);
  }

  /** Lets faults do their work at a point. Rejects with what a fault throws there. */
  async at<P extends Point>(point: P, scene: Scene<NoInfer<P>>): Promise<void> {
    const signal = this.server?.signal;
    for (const fault of this.active) {
      if (fault.bites(point, scene)) await this.act(fault, point, scene);
      signal?.throwIfAborted();
    }
  }

  /** What faults make of a value that passes a point. */
  alter<P extends keyof Values>(
    point: P,
    scene: Scene<NoInfer<P>>,
    value: Values[NoInfer<P>],
  ): Values[P] {
    const biting = this.active.filter((fault) => fault.alters(point, scene));
    return biting.reduce((altered, fault) => fault.alter(point, scene, altered), value);
  }

  private async act<P extends Point>(fault: ActiveFault, point: P, scene: Scene<P>) {
    const { server } = this;
    if (!server) throw new Error('faults work on a started server only');
    const wait = (ms: number) => delay(ms, undefined, { signal: server.signal });
    await fault.act(point, scene, { server, removal: fault.removal, wait });
  }

  private bringOn(fault: ActiveFault): void {
    if (!this.isUp) return;
    fault.whenArmed(() => {
      if (this.isUp && fault.bites('now', {})) void this.act(fault, 'now', {});
    });
  }

  private get isUp(): boolean {
    return this.hasBegun && this.server?.signal.aborted === false;
  }
}
