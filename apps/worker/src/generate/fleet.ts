import { createComfyClient } from '@avatarforge/comfy';
import {
  acquireLeases,
  deleteWorker,
  findCancelledAttempts,
  releaseLease,
  renewLeases,
  saveWorker,
  type ClaimedAttempt,
  type Database,
  type Lease,
} from '@avatarforge/db';
import type { TicketWaiter } from '@avatarforge/queue';
import { startInterval, type Interval, type Logger } from '@avatarforge/runtime';
import type { ObjectStorage } from '@avatarforge/storage';
import { HeldLease } from './heldLease';
import { InstanceDriver } from './instanceDriver';
import { Wake } from '../wake';

const TICK_MS = 500;
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

/** All instances this worker drives: takes leases, keeps them, and feeds hungry slots. */
export class Fleet {
  private readonly drivers = new Map<string, InstanceDriver>();
  private readonly background = new Set<Promise<void>>();
  private renewedAt = -Infinity;
  private readonly hungry = new Wake();
  private readonly stopping = new AbortController();
  private leasing: Interval | null = null;
  private feeding: Promise<void> = Promise.resolve();

  constructor(private readonly deps: FleetDeps) {}

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

  /** Claims no more, lets go of what runs, and gives the leases back for others to take at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.leasing?.stop();
    await this.feeding;
    for (const driver of this.drivers.values()) this.run(this.drop(driver));
    await Promise.all(this.background);
    await deleteWorker(this.deps.database, this.deps.workerId);
  }

  /** One after the other: a lease that ran out while this process slept is renewed, not taken anew. */
  private async keepLeases(): Promise<void> {
    if (performance.now() - this.renewedAt >= RENEW_MS) await this.renew();
    await this.acquire();
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
      const isKept = kept.some(({ instanceId }) => instanceId === held.lease.instanceId);
      if (isKept && !held.signal.aborted) {
        held.renewed(askedAt);
        this.run(driver.adopt());
      } else {
        this.run(this.drop(driver));
      }
    }
    await this.passOnCancels(kept);
  }

  /** Tells drivers which of their prompts are to be stopped. */
  private async passOnCancels(leases: Lease[]): Promise<void> {
    const { database, workerId } = this.deps;
    const cancelled = await findCancelledAttempts(database, workerId, leases);
    for (const { instanceId, attemptId } of cancelled) {
      this.drivers.get(instanceId)?.cancel(attemptId);
    }
  }

  private async acquire(): Promise<void> {
    const askedAt = performance.now();
    const { workerId, database } = this.deps;
    const held = [...this.drivers.keys()];
    for (const { url, depth, ...lease } of await acquireLeases(database, workerId, held)) {
      this.drive(new HeldLease(lease, askedAt), { url, depth });
    }
  }

  private drive(held: HeldLease, instance: { url: string; depth: number }): void {
    const { workerId, database, storage, ringFinalize } = this.deps;
    const { instanceId, epoch } = held.lease;
    const log = this.deps.log.child({ instance_id: instanceId });
    const comfy = createComfyClient({ baseUrl: instance.url });
    const relearn = new Wake();
    const session = { workerId, held, comfy, database, storage, log, relearn, ringFinalize };
    const driver = new InstanceDriver(session, instance, () => {
      this.hungry.now();
    });
    this.drivers.set(instanceId, driver);
    log.info({ epoch, url: instance.url }, 'lease acquired');
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
    while (!signal.aborted) {
      const hungry = [...this.drivers.values()].filter((driver) => driver.hunger() > 0);
      if (hungry.length === 0) {
        await this.hungry.wait(CLAIM_MS, signal);
      } else if (!(await this.claimFor(hungry))) {
        await this.deps.tickets.next({ timeoutMs: CLAIM_MS, signal });
      }
    }
  }

  private async claimFor(hungry: InstanceDriver[]): Promise<boolean> {
    const claims = await Promise.all(hungry.map((driver) => this.claim(driver)));
    const claimed = claims.flat();
    this.deps.tickets.forget(claimed);
    return claimed.length > 0;
  }

  private async claim(driver: InstanceDriver): Promise<ClaimedAttempt[]> {
    try {
      return await driver.claim();
    } catch (error) {
      this.deps.log.error({ err: error }, 'claim failed');
      return [];
    }
  }
}
