import type { Random } from '@avatarforge/pool-sim';
import type { Installation, Instance } from '../installation';
import type { Recorder } from '../recorder';

/** What faults are made on. */
export interface World extends Installation {
  recorder: Recorder;
  random: Random;
}

/** One fault that is about to be made. */
export interface Strike {
  /** What it is done to. */
  target: string;
  /** What nothing else may be done to meanwhile. */
  busy: readonly string[];
  /** After so long it is taken back; 0: there is nothing to take back. */
  forMs: number;
  begin(): unknown;
  /** After the begin, whom it hit exactly; null: nobody. */
  hit?(): string | null;
  end?(): unknown;
}

/** A kind of fault. */
export interface Fault {
  kind: string;
  /** One sentence for people. */
  about: string;
  /** Chooses what to do it to; null when nothing fits at the moment. */
  aim(world: World): Strike | null;
  /** Why it cannot be made on this machine; null when it can. */
  refusal?(world: World): string | null;
}

/** One of those; undefined when there are none. */
export function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from[Math.floor(random.next() * from.length)];
}

/** Switches a fault of a simulated ComfyUI on. Gives back how to switch it off. */
export async function bite(instance: Instance, fault: object): Promise<() => Promise<void>> {
  const faults = `${instance.directUrl}/sim/faults`;
  const answer = await fetch(faults, { method: 'POST', body: JSON.stringify(fault) });
  if (!answer.ok) throw new Error(`${instance.name} refused a fault: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  return async () => {
    // It may have been restarted meanwhile, and know nothing of it.
    await fetch(`${faults}/${id}`, { method: 'DELETE' }).catch(() => undefined);
  };
}
