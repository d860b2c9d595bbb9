import { createComfyClient } from '@avatarforge/comfy';
import { nextLeaseMove } from '@avatarforge/core';
import {
  acquireLeases,
  deleteWorker,
  findOrders,
  readLeaseSpread,
  releaseLease,
  renewLeases,
  saveWorker,
  type Database,
  type Lease,
} from '@avatarforge/db';
import type { TicketWaiter } from '@avatarforge/queue';
import { startInterval, type Interval, type Logger } from '@avatarforge/runtime';
import type { ObjectStorage } from '@avatarforge/storage';
import type { WorkChannel } from './session';
import { HeldLease } from './heldLease';
import { InstanceDriver } from './instanceDriver';
import { Scheduler } from '../scheduling/scheduler';
import { askForTakeback } from './askForTakeback';
import { Wake } from '../wake';

const TICK_MS = 500;
const RENEW_MS = 1500;
/** A hungry slot claims this often even when no ticket comes: tickets may be lost, shots are not. */
const CLAIM_MS = 1000;
/** After a ticket that brought nothing. */
const AFTER_VAIN_TICKET_MS = 250;
/** Between two instances given up to other workers: each has to come to rest first. */
const GIVE_UP_MS = 2000;

/** What the fleet works with. */
export interface FleetDeps {
  workerId: string;
  roles: readonly string[];
  database: Database;
  /** Marks what is ours on a ComfyUI that others use too. */
  deployment: string;
  storage: ObjectStorage;
  tickets: TicketWaiter;
  channel: WorkChannel;
  log: Logger;
  ringFinalize: () => void;
  relayEvents: () => void;
}

/** All instances this worker drives: takes leases, keeps them, and feeds hungry slots. */
export class Fleet {
  private readonly drivers = new Map<string, InstanceDriver>();
  private readonly background = new Set<Promise<void>>();
  private readonly scheduler: Scheduler;
  private renewedAt = -Infinity;
  private gaveUpAt = -Infinity;
  private readonly hungry = new Wake();
  private readonly stopping = new AbortController();
  private leasing: Interval | null = null;
  private feeding: Promise<void> = Promise.resolve();

  constructor(private readonly deps: FleetDeps) {
    this.scheduler = new Scheduler(deps.database);
  }

  start(): void {
    this.leasing = startInterval({
      name: 'leases',
      everyMs: TICK_MS,
      firstAfterMs: 0,
      run: () => this.keepLeases(),
      onError: (error) => {
        this.deps.log.error({ err: error }, 'leases could not be kept');
      },
    });
    this.feeding = this.feed(this.stopping.signal);
  }

  /** Claims no more, lets go of what runs, and gives the leases back for others to take at once: they count without this worker. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.leasing?.stop();
    await deleteWorker(this.deps.database, this.deps.workerId);
    await this.feeding;
    for (const driver of this.drivers.values()) this.run(this.drop(driver));
    await Promise.all(this.background);
  }

  /** Something may have happened on this instance; if it is driven here, it is looked at now. */
  lookAt(instanceId: string): void {
    this.drivers.get(instanceId)?.lookNow();
  }

  /** One after the other: a lease that ran out while this process slept is renewed, not taken anew. */
  private async keepLeases(): Promise<void> {
    if (performance.now() - this.renewedAt >= RENEW_MS) await this.renew();
    await this.share();
  }

  /** Renews what is held, drops what is lost, and adopts what nobody follows. Waits for no instance. */
  private async renew(): Promise<void> {
    const { database, workerId, roles } = this.deps;
    const askedAt = performance.now();
    await saveWorker(database, { id: workerId, roles });
    const asked = [...this.drivers.values()];
    const kept = await renewLeases(
      database,
      workerId,
      asked.map((driver) => driver.held.lease),
    );
    this.renewedAt = askedAt;
    for (const driver of asked) {
      const { held } = driver;
      const lease = kept.find(({ instanceId }) => instanceId === held.lease.instanceId);
      if (lease && !held.signal.aborted) {
        held.isLeaving = lease.isLeaving;
        held.renewed(askedAt);
        this.run(driver.adopt());
      } else {
        this.run(this.drop(driver));
      }
    }
    await this.passOnOrders(kept);
  }

  /** Tells drivers which of their prompts are to be stopped, or given back. */
  private async passOnOrders(leases: Lease[]): Promise<void> {
    const { database, workerId } = this.deps;
    for (const { instanceId, attemptId, order } of await findOrders(database, workerId, leases)) {
      this.drivers.get(instanceId)?.obey(attemptId, order);
    }
  }

  /** Takes what is free, or gives up what others lack: workers share the pool evenly. */
  private async share(): Promise<void> {
    const { database, workerId } = this.deps;
    const spread = await readLeaseSpread(database, workerId);
    const { take, giveUp } = nextLeaseMove(spread);
    await this.acquire(take);
    if (giveUp && performance.now() - this.gaveUpAt >= GIVE_UP_MS) this.giveUpOne();
  }

  private async acquire(limit: number): Promise<void> {
    const askedAt = performance.now();
    const { workerId, database } = this.deps;
    const held = [...this.drivers.keys()];
    const acquired = await acquireLeases(database, workerId, { held, limit });
    for (const { url, ...lease } of acquired) this.drive(new HeldLease(lease, askedAt), url);
  }

  /** The least busy one: of what it runs, nothing is lost, but nobody hears of its progress for a moment. */
  private giveUpOne(): void {
    this.gaveUpAt = performance.now();
    const [idlest] = [...this.drivers.values()]
      .filter(({ held }) => !held.isLeaving)
      .toSorted((a, b) => a.load() - b.load());
    if (idlest) this.run(this.drop(idlest));
  }

  private drive(held: HeldLease, url: string): void {
    const { workerId, database, deployment, storage, channel, ringFinalize, relayEvents } =
      this.deps;
    const { instanceId, epoch } = held.lease;
    const log = this.deps.log.child({ instance_id: instanceId });
    const comfy = createComfyClient({ baseUrl: url });
    const relearn = new Wake();
    const known = { workerId, database, deployment, storage, channel, ringFinalize, relayEvents };
    const session = { ...known, held, comfy, log, relearn };
    const driver = new InstanceDriver(session, { url, scheduler: this.scheduler }, () => {
      this.hungry.now();
    });
    this.drivers.set(instanceId, driver);
    log.info({ epoch }, 'lease acquired');
    driver.start();
    this.run(driver.adopt());
  }

  /** Until it is stopped, a driver keeps its place: this worker does not take the instance again beside it. */
  private async drop(driver: InstanceDriver): Promise<void> {
    const { lease } = driver.held;
    await driver.stop();
    if (!this.drivers.delete(lease.instanceId)) return;
    await releaseLease(this.deps.database, this.deps.workerId, lease);
    this.deps.log.info({ instance_id: lease.instanceId }, 'lease released');
  }

  /** Work for one instance, which may take long and must not keep the others waiting. */
  private run(work: Promise<void>): void {
    const logged = work.catch((error: unknown) => {
      this.deps.log.error({ err: error }, 'work for an instance failed');
    });
    this.background.add(logged);
    void logged.finally(() => this.background.delete(logged));
  }

  /** Claims as soon as a slot is free; when nothing waits, sleeps until a ticket rings or a second is over. */
  private async feed(signal: AbortSignal): Promise<void> {
    let hadTicket = false;
    while (!signal.aborted) {
      const hungry = [...this.drivers.values()].filter((driver) => driver.hunger() > 0);
      if (hungry.length === 0) {
        await this.hungry.wait(CLAIM_MS, signal);
        continue;
      }
      const hasClaimed = await this.claimFor(hungry);
      if (hasClaimed) {
        hadTicket = false;
        continue;
      }
      // A ticket for what cannot be run here is left to others: no second one is taken at once.
      if (hadTicket) await this.hungry.wait(AFTER_VAIN_TICKET_MS, signal);
      hadTicket = (await this.deps.tickets.next({ timeoutMs: CLAIM_MS, signal })) !== null;
      this.scheduler.lookAgain();
    }
  }

  /** One after the other: what one instance takes, and loads, counts for what the next one chooses. */
  private async claimFor(hungry: InstanceDriver[]): Promise<boolean> {
    let count = 0;
    try {
      await this.scheduler.look((id) => this.drivers.has(id));
      for (const driver of hungry) {
        const claimed = await driver.claim();
        this.deps.tickets.forget(claimed);
        count += claimed.length;
        if (claimed.length === 0) await this.lookElsewhere(driver);
      }
    } catch (error) {
      this.deps.log.error({ err: error }, 'claim failed');
    }
    return count > 0;
  }

  /** Nothing waits for an idle instance: perhaps something waits behind a long run of another. */
  private async lookElsewhere(driver: InstanceDriver): Promise<void> {
    if (driver.load() > 0) return;
    const { database, log } = this.deps;
    const { instanceId } = driver.held.lease;
    const attemptId = await askForTakeback(database, this.scheduler, instanceId);
    if (attemptId) log.info({ instance_id: instanceId, attempt_id: attemptId }, 'asked for');
  }
}
