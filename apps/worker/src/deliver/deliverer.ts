import { setMaxListeners } from 'node:events';
import { claimDeliveries, recordAttempt, type Database, type DeliveryClaim } from '@avatarforge/db';
import type { Outbound } from '@avatarforge/net';
import type { Logger } from '@avatarforge/runtime';
import { Wake } from '../wake';
import { postOnce } from './postOnce';

const POLL_MS = 1000;
/** What is under way costs a socket each. */
const AT_ONCE = 256;
/** Those that fail take long: they leave the others room. */
const FAILING_AT_ONCE = AT_ONCE / 2;

/** What the deliverer works with. */
export interface DelivererDeps {
  database: Database;
  outbound: Outbound;
  log: Logger;
}

/**
 * Sends the webhooks that are due, many at once, few at once to each receiver. Due times live in Postgres, and are by its
 * clock.
 */
export class Deliverer {
  private readonly wake = new Wake();
  private readonly stopping = new AbortController();
  private readonly cutting = new AbortController();
  private readonly running = new Map<Promise<void>, DeliveryClaim>();
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly deps: DelivererDeps) {
    // Each delivery under way listens.
    setMaxListeners(AT_ONCE, this.cutting.signal);
  }

  start(): void {
    this.working = this.work(this.stopping.signal);
  }

  /** Something may be due: do not wait for the next look. */
  ring(): void {
    this.wake.now();
  }

  /** Begins nothing more. What is under way is cut off at `deadline`, and is due again soon. */
  async stop(deadline: AbortSignal): Promise<void> {
    const cut = () => {
      this.cutting.abort();
    };
    if (deadline.aborted) cut();
    deadline.addEventListener('abort', cut);
    this.stopping.abort();
    await this.working;
    await Promise.all(this.running.keys());
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const claims = await this.claim();
      for (const claim of claims) this.run(claim);
      if (claims.length === 0) await this.wake.wait(POLL_MS, signal);
    }
  }

  private async claim(): Promise<DeliveryClaim[]> {
    const under = [...this.running.values()];
    const most = AT_ONCE - under.length;
    if (most <= 0) return [];
    const busy: Record<string, number> = {};
    for (const { target } of under) busy[target] = (busy[target] ?? 0) + 1;
    const mostFailing = FAILING_AT_ONCE - under.filter(({ isFailing }) => isFailing).length;
    try {
      return await claimDeliveries(this.deps.database, { most, mostFailing, busy });
    } catch (error) {
      this.deps.log.error({ err: error }, 'no webhook could be claimed');
      return [];
    }
  }

  private run(claim: DeliveryClaim): void {
    const run = this.deliver(claim).finally(() => {
      this.running.delete(run);
      this.wake.now();
    });
    this.running.set(run, claim);
  }

  /** What cannot be recorded is due again when its claim runs out: sent twice, and never lost. */
  private async deliver(claim: DeliveryClaim): Promise<void> {
    const { database, outbound, log } = this.deps;
    const { id, endpointId, tries } = claim;
    try {
      const { attempt, end } = await postOnce(outbound, claim, this.cutting.signal);
      await recordAttempt(database, claim, { attempt, end });
      const { statusCode: status, error, durationMs: ms } = attempt;
      const { outcome } = end;
      log.info(
        { delivery_id: id, endpoint_id: endpointId, tries, outcome, status, error, ms },
        'webhook sent',
      );
    } catch (error) {
      if (this.cutting.signal.aborted) return;
      log.error({ err: error, delivery_id: id }, 'webhook could not be recorded');
    }
  }
}
