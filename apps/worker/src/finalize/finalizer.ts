import { OutputTooLargeError } from '@avatarforge/comfy';
import {
  claimFinalize,
  endAttempt,
  postponeFinalize,
  renewFinalize,
  type Database,
  type FinalizeClaim,
} from '@avatarforge/db';
import { backoff, startInterval, withContext, type Logger } from '@avatarforge/runtime';
import { storeOutputs } from '@avatarforge/services';
import type { ObjectStorage } from '@avatarforge/storage';
import { Wake } from '../wake';
import { judgeFailure } from './judgeFailure';
import { toFetchedOutputs } from './toFetchedOutputs';

const POLL_MS = 1000;
const AT_ONCE = 4;
/** A claim holds for a minute; large outputs take longer. */
const RENEW_MS = 20_000;
const retryWait = backoff({ baseMs: 500, maxMs: 20_000, jitter: 0.2 });

/** What the finalizer works with. */
export interface FinalizerDeps {
  workerId: string;
  database: Database;
  storage: ObjectStorage;
  log: Logger;
  /** Tells those who are to be told of what just happened. Returns at once. */
  relayEvents: () => void;
}

/**
 * Fetches what executed attempts left on their instances, and stores it: several at once, one for each instance, so
 * that an instance that hangs keeps nobody else waiting. Due times live in Postgres.
 */
export class Finalizer {
  private readonly wake = new Wake();
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly deps: FinalizerDeps) {}

  start(): void {
    this.working = this.work(this.stopping.signal);
  }

  /** There is something to fetch: do not wait for the next poll. */
  ring(): void {
    this.wake.now();
  }

  /** Finishes what is at hand and starts nothing else. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.working;
    await Promise.all(this.running.values());
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const claim = this.running.size < AT_ONCE ? await this.claim() : null;
      if (claim) this.run(claim);
      else await this.wake.wait(POLL_MS, signal);
    }
  }

  private async claim(): Promise<FinalizeClaim | null> {
    const { database, workerId, log } = this.deps;
    try {
      return await claimFinalize(database, workerId, [...this.running.keys()]);
    } catch (error) {
      log.error({ err: error }, 'nothing could be claimed to finalize');
      return null;
    }
  }

  private run(claim: FinalizeClaim): void {
    const { attemptId, generationId, instanceId } = claim;
    const context = { attempt_id: attemptId, generation_id: generationId };
    const run = withContext(context, () => this.finalizeHeld(claim)).finally(() => {
      this.running.delete(instanceId);
      this.wake.now();
    });
    this.running.set(instanceId, run);
  }

  private async finalizeHeld(claim: FinalizeClaim): Promise<void> {
    const { database, workerId, log } = this.deps;
    const renewing = startInterval({
      name: 'finalize.renew',
      everyMs: RENEW_MS,
      run: () => renewFinalize(database, { attemptId: claim.attemptId, workerId }),
      onError: (error) => {
        log.warn({ err: error }, 'claim to finalize could not be renewed');
      },
    });
    await this.finalize(claim);
    this.deps.relayEvents();
    await renewing.stop();
  }

  private async finalize(claim: FinalizeClaim): Promise<void> {
    const { log } = this.deps;
    const { attemptId, tries } = claim;
    try {
      const outputs = toFetchedOutputs(claim);
      const isStored = await storeOutputs(this.deps, { attemptId, outputs });
      log.info({ outputs: outputs.length, is_stored: isStored }, 'attempt finalized');
    } catch (error) {
      log.warn({ err: error, tries }, 'outputs could not be stored');
      await this.giveBack(claim, error);
    }
  }

  private async giveBack(claim: FinalizeClaim, error: unknown): Promise<void> {
    const { database, workerId, log } = this.deps;
    const { attemptId, epoch, tries } = claim;
    const { end, isMiss } = judgeFailure(error, claim);
    try {
      if (end) {
        // Of what nobody foresaw, the message may tell more than a client is to know.
        const detail =
          isMiss || error instanceof OutputTooLargeError ? messageOf(error) : undefined;
        await endAttempt(database, {
          id: attemptId,
          epoch,
          reason: end,
          ...(detail && { detail }),
        });
      } else {
        const delayMs = retryWait(tries - 1);
        await postponeFinalize(database, { attemptId, workerId, delayMs, isMiss });
      }
    } catch (giveBackError) {
      // The claim runs out by itself.
      log.error({ err: giveBackError }, 'attempt could not be given back');
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
