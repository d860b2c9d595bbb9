import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRecord } from './audit/evidence';
import { pick, type Fault, type Strike, type World } from './faults/fault';

const TRIES = 50;

/** Faults that are made one after the other, each for its time, so that they overlap. */
export interface Schedule {
  /** In the order in which they were made. */
  records: readonly FaultRecord[];
  /** Resolves when `count` have been made. Throws when one could not be made or taken back. */
  made: Promise<void>;
  /** Takes back what is still there. */
  mend(): Promise<void>;
}

/** How many faults, and how far apart. */
export interface ScheduleOptions {
  count: number;
  everyMs: number;
  /** Milliseconds since 1970, told of each fault. */
  onFault(record: FaultRecord): void;
}

/** Makes faults of these kinds: each kind about as often as every other, in an order by chance. */
export function startFaults(
  world: World,
  kinds: readonly Fault[],
  options: ScheduleOptions,
): Schedule {
  const records: FaultRecord[] = [];
  const busy = new Set<string>();
  const running = new Map<Promise<void>, AbortController>();
  const errors: unknown[] = [];
  const drawn = drawer(world, kinds);

  const run = async (kind: string, strike: Strike, early: AbortSignal) => {
    const from = Date.now();
    await strike.begin();
    const target = strike.hit ? strike.hit() : strike.target;
    if (target === null) return;
    const record: FaultRecord = { kind, target, from, to: null };
    records.push(record);
    options.onFault(record);
    if (!strike.end) return;
    await delay(strike.forMs, undefined, { signal: early }).catch(() => undefined);
    await strike.end();
    record.to = Date.now();
  };
  const begin = ({ kind, strike }: { kind: string; strike: Strike }) => {
    for (const what of strike.busy) busy.add(what);
    const early = new AbortController();
    const done = run(kind, strike, early.signal)
      .catch((error: unknown) =>
        errors.push(new Error(`${kind} of ${strike.target}`, { cause: error })),
      )
      .then(() => {
        for (const what of strike.busy) busy.delete(what);
        running.delete(done);
      });
    running.set(done, early);
  };
  const made = (async () => {
    while (records.length < options.count) {
      const next = aim(world, drawn, busy);
      if (next) begin(next);
      // Between half and one and a half of it, so that nothing falls into step.
      await delay(options.everyMs * world.random.between(0.5, 1.5));
      if (errors.length > 0) throw errors[0];
    }
  })();
  return {
    records,
    made,
    async mend() {
      for (const early of running.values()) early.abort();
      await Promise.all(running.keys());
      if (errors.length > 0) throw errors[0];
    },
  };
}

/** Draws kinds as from a bag that is filled again when it is empty. */
function drawer({ random }: World, kinds: readonly Fault[]): () => Fault | undefined {
  let bag: Fault[] = [];
  return () => {
    if (bag.length === 0) bag = [...kinds];
    const kind = pick(random, bag);
    bag = bag.filter((one) => one !== kind);
    return kind;
  };
}

/** The next fault that touches nothing which is being broken; null when everything is. */
function aim(
  world: World,
  draw: () => Fault | undefined,
  busy: ReadonlySet<string>,
): { kind: string; strike: Strike } | null {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const fault = draw();
    const strike = fault?.aim(world);
    if (fault && strike && !strike.busy.some((what) => busy.has(what)))
      return { kind: fault.kind, strike };
  }
  return null;
}
