import { isMoreToRelay, relayEvents, type Database, type Relayed } from '@avatarforge/db';
import { startInterval } from '@avatarforge/runtime';

/** What relaying works with. */
export interface EventRelayDeps {
  database: Database;
  /** Where this installation is reached; empty for addresses without a host. */
  publicUrl: string;
  /** Told of what was relayed: there may be somebody to tell. */
  onRelayed: (relayed: Relayed) => void;
  onError: (error: unknown) => void;
}

/** Moves events from the outbox to those who are to be told. */
export interface EventRelay {
  /** Something happened here: tell of it now. Returns at once; calls that come while it works are one. */
  ring(): void;
  /** Ends the interval and waits for what is under way. */
  stop(): Promise<void>;
}

/** For events of processes that died before they could tell. */
const SWEEP_MS = 1000;

/** Whoever writes an event relays it, and every process looks once a second for what was left behind. */
export function startEventRelay(deps: EventRelayDeps): EventRelay {
  let working: Promise<void> | null = null;
  let rings = 0;

  const relayAll = async () => {
    try {
      let heard: number;
      let relayed: Relayed;
      do {
        heard = rings;
        relayed = await relayEvents(deps.database, deps.publicUrl);
        if (relayed.moved > 0) deps.onRelayed(relayed);
      } while (heard !== rings || isMoreToRelay(relayed));
    } catch (error) {
      deps.onError(error);
    } finally {
      // In one step with the look at the rings: none comes in between.
      working = null;
    }
  };
  const ring = () => {
    rings += 1;
    working ??= relayAll();
    return working;
  };
  const sweeping = startInterval({
    name: 'events.relay',
    everyMs: SWEEP_MS,
    jitter: 0.2,
    run: ring,
    onError: deps.onError,
  });
  return {
    ring: () => void ring(),
    async stop() {
      await sweeping.stop();
      await working;
    },
  };
}
