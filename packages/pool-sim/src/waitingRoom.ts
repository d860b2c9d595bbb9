import { perRequirement, type Account, type Backlog, type Line } from '@avatarforge/core';
import type { TraceShot } from './trace';

/** A shot that waits, by its place in the workload. */
export interface WaitingShot extends TraceShot {
  index: number;
}

/** The waiting shots, by line. A lane is all that a simulated shot requires. */
export class WaitingRoom {
  readonly #lines = new Map<string, WaitingShot[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(shot: WaitingShot): void {
    const key = keyOf(shot.lane, shot.owner);
    const line = this.#lines.get(key) ?? [];
    const behind = line.findIndex((other) => (other.priority ?? 0) < (shot.priority ?? 0));
    line.splice(behind === -1 ? line.length : behind, 0, shot);
    this.#lines.set(key, line);
    this.#size += 1;
  }

  /** The next shot of a line, which waits no longer; `undefined` when the line is empty. */
  take(lane: string, owner: string): WaitingShot | undefined {
    const key = keyOf(lane, owner);
    const line = this.#lines.get(key);
    const shot = line?.shift();
    if (shot) this.#size -= 1;
    if (line?.length === 0) this.#lines.delete(key);
    return shot;
  }

  owners(): Set<string> {
    return new Set([...this.#lines.values()].flatMap((line) => line[0]?.owner ?? []));
  }

  waitingIn(lane: string, owner: string): number {
    return this.#lines.get(keyOf(lane, owner))?.length ?? 0;
  }

  backlog(nowMs: number, accounts: Account[], virtualTimeMs: number): Backlog {
    const lines = [...this.#lines.values()].flatMap((shots) => lineOf(shots, nowMs));
    return { lines, requirements: perRequirement(lines), accounts, virtualTimeMs };
  }
}

const keyOf = (lane: string, owner: string): string => `${lane}\n${owner}`;

function lineOf(shots: readonly WaitingShot[], nowMs: number): Line[] {
  const [first] = shots;
  if (!first) return [];
  const oldest = shots.reduce((least, shot) => Math.min(least, shot.arrivalMs), nowMs);
  return [
    {
      requirement: first.lane,
      lane: first.lane,
      ownerId: first.owner,
      waiting: shots.length,
      priority: first.priority ?? 0,
      oldestMs: nowMs - oldest,
    },
  ];
}
