import { Relay, type RelaySubscription } from 'bullmq';
import type { Redis } from 'ioredis';
import { KEY_PREFIX } from './catalog';

/** Is given what was published, as JSON values. Must not throw. */
export type RelayListener = (data: unknown) => void;

/** What listens to one pattern, and Relay's subscription for all of it. */
interface Wanted {
  listeners: Set<RelayListener>;
  held: RelaySubscription | null;
  isBusy: boolean;
}

/** How long Redis keeps messages for a process that has fallen silent. */
const LEASE_MS = 6000;
/** Within that long it is noticed that Redis was emptied. */
const HEARTBEAT_MS = 1000;
const BLOCK_MS = 1000;
/** Unread messages of a process that hangs; previews among them weigh up to a third of a megabyte. */
const INBOX_LENGTH = 2000;
const SETTLE_MS = 1000;

/** BullMQ's Relay, with one subscription for each pattern, which comes back after whatever becomes of Redis. */
export class RelayLink {
  private readonly wanted = new Map<string, Wanted>();
  private readonly settling: NodeJS.Timeout;
  private relay: Relay | null = null;
  private isReady = false;

  /** `client` is not closed with it; `report` is told of every error. */
  constructor(
    private readonly client: Redis,
    private readonly report: (error: unknown) => void,
  ) {
    this.settling = setInterval(() => {
      this.settleAll();
    }, SETTLE_MS);
    this.settling.unref();
    this.settleAll();
  }

  /** How many processes it was given to. Rejects when Redis is away, though not at once. */
  async publish(topic: string, data: unknown): Promise<number> {
    if (!this.relay || !this.isReady) throw new Error('Relay is not connected.');
    return (await this.relay.publish(topic, data)).nodes;
  }

  /** Calls `listener` for each message until the returned function is called. */
  listen(pattern: string, listener: RelayListener): () => void {
    const wanted = this.wanted.get(pattern) ?? { listeners: new Set(), held: null, isBusy: false };
    this.wanted.set(pattern, wanted);
    wanted.listeners.add(listener);
    this.settle(pattern, wanted);
    return () => {
      wanted.listeners.delete(listener);
      this.settle(pattern, wanted);
    };
  }

  /** Whether all that is listened for would be heard. */
  isSettled(): boolean {
    return this.isReady && [...this.wanted.values()].every(({ held }) => held !== null);
  }

  async close(): Promise<void> {
    clearInterval(this.settling);
    this.isReady = false;
    await this.relay?.close();
  }

  /** A Relay whose start failed never works again, so another takes its place. */
  private open(): Relay {
    const relay = new Relay({
      connection: this.client,
      prefix: KEY_PREFIX,
      namespace: 'live',
      leaseDuration: LEASE_MS,
      heartbeatInterval: HEARTBEAT_MS,
      blockTimeout: BLOCK_MS,
      inboxMaxLength: INBOX_LENGTH,
      skipVersionCheck: true,
    }).on('error', this.report);
    relay.waitUntilReady().then(
      () => {
        this.isReady = relay === this.relay;
      },
      () => {
        this.relay = null;
        relay.close().catch(this.report);
      },
    );
    return relay;
  }

  private settleAll(): void {
    this.relay ??= this.open();
    for (const [pattern, wanted] of this.wanted) this.settle(pattern, wanted);
  }

  /** Takes one step towards what is wanted; a step that failed is taken again a second later. */
  private settle(pattern: string, wanted: Wanted): void {
    const isWanted = wanted.listeners.size > 0;
    if (wanted.isBusy || !this.relay || isWanted === (wanted.held !== null)) {
      if (!isWanted && !wanted.isBusy && !wanted.held) this.wanted.delete(pattern);
      return;
    }
    wanted.isBusy = true;
    const { held } = wanted;
    wanted.held = null;
    const step = held
      ? held.unsubscribe()
      : this.subscribe(this.relay, pattern, wanted.listeners).then((subscription) => {
          wanted.held = subscription;
        });
    step.then(
      () => {
        wanted.isBusy = false;
        this.settle(pattern, wanted);
      },
      (error: unknown) => {
        wanted.isBusy = false;
        this.report(error);
      },
    );
  }

  private subscribe(
    relay: Relay,
    pattern: string,
    listeners: Set<RelayListener>,
  ): Promise<RelaySubscription> {
    return relay.subscribe(pattern, ({ data }) => {
      for (const listener of listeners) listener(data);
    });
  }
}
