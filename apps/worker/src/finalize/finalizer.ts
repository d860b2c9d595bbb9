import { extname } from 'node:path';
import { ComfyUnavailableError, createComfyClient } from '@avatarforge/comfy';
import {
  claimFinalize,
  endAttempt,
  postponeFinalize,
  type Database,
  type FinalizeClaim,
} from '@avatarforge/db';
import { backoff, withContext, type Logger } from '@avatarforge/runtime';
import { storeOutputs, UnreadableOutputError, type FetchedOutput } from '@avatarforge/services';
import type { ObjectStorage } from '@avatarforge/storage';
import { Wake } from '../generate/wake';

const POLL_MS = 1000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** With the waits between them about ten minutes: longer than a restart of ComfyUI, whose files outlive it. */
const MAX_TRIES_UNREACHABLE = 30;
const retryWait = backoff({ baseMs: 500, maxMs: 20_000, jitter: 0.2 });

/** What the finalizer works with. */
export interface FinalizerDeps {
  workerId: string;
  database: Database;
  storage: ObjectStorage;
  log: Logger;
}

/** The outputs are gone from the instance, or were never whole. */
class OutputsLostError extends Error {}

/** Fetches what executed attempts left on their instances, and stores it. Due times live in Postgres. */
export class Finalizer {
  private readonly wake = new Wake();
  private readonly stopping = new AbortController();
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly deps: FinalizerDeps) {}

  start(): void {
    this.working = this.work(this.stopping.signal);
  }

  /** There is something to fetch: do not wait for the next poll. */
  ring(): void {
    this.wake.now();
  }

  /** Finishes the attempt at hand and starts no other. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.working;
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!(await this.finalizeNext())) await this.wake.wait(POLL_MS, signal);
    }
  }

  /** Returns whether there may be more to do. */
  private async finalizeNext(): Promise<boolean> {
    const { database, workerId, log } = this.deps;
    try {
      const claim = await claimFinalize(database, workerId);
      if (!claim) return false;
      const { attemptId, generationId } = claim;
      await withContext({ attempt_id: attemptId, generation_id: generationId }, () =>
        this.finalize(claim),
      );
      return true;
    } catch (error) {
      log.error({ err: error }, 'finalize failed');
      return false;
    }
  }

  private async finalize(claim: FinalizeClaim): Promise<void> {
    const { workerId, log } = this.deps;
    const { attemptId } = claim;
    try {
      const outputs = await fetchOutputs(claim);
      const isStored = await storeOutputs(this.deps, { attemptId, workerId, outputs });
      log.info({ outputs: outputs.length, is_stored: isStored }, 'attempt finalized');
    } catch (error) {
      log.warn({ err: error, tries: claim.tries }, 'outputs could not be stored');
      await this.putOff(claim, error);
    }
  }

  private async putOff(claim: FinalizeClaim, error: unknown): Promise<void> {
    const { database, workerId } = this.deps;
    const { attemptId, epoch, tries } = claim;
    const isLost =
      error instanceof OutputsLostError || error instanceof UnreadableOutputError
        ? tries > 1
        : error instanceof ComfyUnavailableError && tries >= MAX_TRIES_UNREACHABLE;
    if (isLost) {
      await endAttempt(database, { id: attemptId, epoch, reason: 'outputs_lost' });
    } else {
      await postponeFinalize(database, { attemptId, workerId, delayMs: retryWait(tries - 1) });
    }
  }
}

async function fetchOutputs(claim: FinalizeClaim): Promise<FetchedOutput[]> {
  const comfy = createComfyClient({ baseUrl: claim.instanceUrl });
  const outputs: FetchedOutput[] = [];
  for (const [index, ref] of claim.manifest.entries()) {
    const file = await comfy.fetchOutput(ref, { maxBytes: MAX_OUTPUT_BYTES, timeoutMs: 30_000 });
    if (!file) throw new OutputsLostError(`the instance no longer has ${ref.filename}`);
    outputs.push({ bytes: file.bytes, filename: nameOf(claim, index) + extname(ref.filename) });
  }
  return outputs;
}

/** What a client saves the picture as: generation, number of the shot, its view, and a number where it made several. */
function nameOf(
  { generationId, shotOrdinal, view, manifest }: FinalizeClaim,
  index: number,
): string {
  const parts = [generationId, shotOrdinal + 1, view, manifest.length > 1 && index + 1];
  return parts.filter((part) => part !== null && part !== false).join('_');
}
