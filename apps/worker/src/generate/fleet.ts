import { createComfyClient } from '@avatarforge/comfy';
import {
  acquireLeases,
  deleteWorker,
  releaseLease,
  renewLeases,
  saveWorker,
  type Database,
  type Lease,
} from '@avatarforge/db';
import type { TicketWaiter } from '@avatarforge/queue';
import { startInterval, type Interval, type Logger } from '@avatarforge/runtime';
import type { ObjectStorage } from '@avatarforge/storage';
import { HeldLease } from './heldLease';
import { InstanceDriver } from './instanceDriver';
import { Wake } from './wake';

const ACQUIRE_MS = 500;
const RENEW_MS = 1500;
/** A hungry slot claims this often even when no ticket comes: tickets may be lost, shots are not. */
const CLAIM_MS = 1000;

/** What the fleet works with. */
export interface FleetDeps {
  workerId: string;
  roles: readonly string[];
  database: Database;
  storage: ObjectStorage;
  tickets: TicketWaiter;
  log: Logger;
  ringFinalize: () => void;
}

interface Driven {
  held: HeldLease;
  driver: InstanceDriver;
}

/** All instances this worker drives: takes leases, keeps them, and feeds hungry slots. */
export class Fleet {
  private readonly driven = new Map<string, Driven>();
  private readonly hungry = new Wake();
  private readonly stopping = new AbortController();
  private intervals: Interval[] = [];
  private feeding: Promise<void> = Promise.resolve();

  constructor(private readonly deps: FleetDeps) {}

  start(): void {
    const every = (name: string, everyMs: number, run: () => Promise<void>) =>
      startInterval({
        name,
        everyMs,
        firstAfterMs: 0,
        run,
        onError: (error) => {
          this.deps.log.error({ err: error, interval: name }, 'interval failed');
        },
      });
    this.intervals = [
      every('lease.acquire', ACQUIRE_MS, () => this.acquire()),
      every('lease.renew', RENEW_MS, () => this.renew()),
    ];
    this.feeding = this.feed(this.stopping.signal);
  }

  /** Claims no more, lets go of what runs, and gives the leases back for others to take at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.intervals.map((interval) => interval.stop()));
    await this.feeding;
    await Promise.all([...this.driven.values()].map((driven) => this.drop(driven)));
    await deleteWorker(this.deps.database, this.deps.workerId);
  }

  private async acquire(): Promise<void> {
    const askedAt = performance.now();
    const { workerId, database } = this.deps;
    for (const { url, depth, ...lease } of await acquireLeases(database, workerId)) {
      await this.drive(new HeldLease(lease, askedAt), { url, depth });
    }
  }

  private async drive(held: HeldLease, instance: { url: string; depth: number }): Promise<void> {
    const { workerId, database, storage, ringFinalize } = this.deps;
    const { instanceId, epoch } = held.lease;
    const log = this.deps.log.child({ instance_id: instanceId });
    const comfy = createComfyClient({ baseUrl: instance.url });
    const session = { workerId, held, comfy, database, storage, log, ringFinalize };
    const driver = new InstanceDriver(session, instance, () => {
      this.hungry.now();
    });
    this.driven.set(instanceId, { held, driver });
    log.info({ epoch, url: instance.url }, 'lease acquired');
    driver.start();
    await driver.adopt();
  }

  /** Renews what is held, drops what is lost, and adopts what nobody follows. */
  private async renew(): Promise<void> {
    const { database, workerId, roles } = this.deps;
    const askedAt = performance.now();
    await saveWorker(database, { id: workerId, roles });
    const asked = [...this.driven.values()];
    const kept = await renewLeases(
      database,
      workerId,
      asked.map(({ held }) => held.lease),
    );
    const isKept = ({ instanceId, epoch }: Lease) =>
      kept.some((lease) => lease.instanceId === instanceId && lease.epoch === epoch);
    for (const driven of asked) {
      const isOurs = isKept(driven.held.lease) && !driven.held.signal.aborted;
      if (isOurs) driven.held.renewed(askedAt);
      await (isOurs ? driven.driver.adopt() : this.drop(driven));
    }
  }

  private async drop({ held, driver }: Driven): Promise<void> {
    const { instanceId } = held.lease;
    await driver.stop();
    if (this.driven.get(instanceId)?.held === held) this.driven.delete(instanceId);
    await releaseLease(this.deps.database, this.deps.workerId, held.lease);
    this.deps.log.info({ instance_id: instanceId }, 'lease released');
  }

  /** Claims as soon as a slot is free; when nothing waits, sleeps until a ticket rings or a second is over. */
  private async feed(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const hungry = [...this.driven.values()].filter(({ driver }) => driver.hunger() > 0);
      if (hungry.length === 0) {
        await this.hungry.wait(CLAIM_MS, signal);
      } else if (!(await this.claimFor(hungry))) {
        await this.deps.tickets.next({ timeoutMs: CLAIM_MS, signal });
      }
    }
  }

  private async claimFor(hungry: Driven[]): Promise<boolean> {
    try {
      const claims = await Promise.all(hungry.map(({ driver }) => driver.claim()));
      const claimed = claims.flat();
      this.deps.tickets.forget(claimed);
      return claimed.length > 0;
    } catch (error) {
      this.deps.log.error({ err: error }, 'claim failed');
      return false;
    }
  }
}
