import { DependencyError } from '@avatarforge/core';
import { relayEvents, setOldestEventAside, type Database, type Relayed } from '@avatarforge/db';
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

/** Few enough not to keep other processes waiting for long. */
const MOST = 100;

/** Whoever writes an event relays it, and every process looks once a second for what was left behind. */
export function startEventRelay(deps: EventRelayDeps): EventRelay {
  const { database, publicUrl, onRelayed, onError } = deps;
  let working: Promise<void> | null = null;
  let rings = 0;
  let most = MOST;

  const relayAll = async () => {
    try {
      let heard: number;
      let isMore: boolean;
      do {
        heard = rings;
        const relayed = await relayEvents(database, { publicUrl, most });
        if (relayed.moved > 0) onRelayed(relayed);
        isMore = relayed.moved === most;
        most = Math.min(MOST, 2 * most);
      } while (heard !== rings || isMore);
    } catch (error) {
      onError(error);
      await giveWay(error).catch(onError);
    } finally {
      // In one step with the look at the rings: none comes in between.
      working = null;
    }
  };

  /** Fewer at a time are soon done, and one that cannot be told at all keeps nobody else waiting. */
  const giveWay = async (error: unknown) => {
    const isNotNow = error instanceof DependencyError;
    if (most === 1 && !isNotNow) {
      const id = await setOldestEventAside(database);
      onError(new Error(`event ${id} of the outbox cannot be relayed and was set aside`));
    }
    most = Math.ceil(most / 2);
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
    onError,
  });
  return {
    ring: () => void ring(),
    async stop() {
      await sweeping.stop();
      await working;
    },
  };
}
