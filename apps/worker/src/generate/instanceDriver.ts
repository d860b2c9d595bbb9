import { ComfyUnavailableError, type ComfyEvent } from '@avatarforge/comfy';
import { DependencyError } from '@avatarforge/core';
import { adoptAttempts, claimShots, type ClaimedAttempt, type OpenAttempt } from '@avatarforge/db';
import { withContext } from '@avatarforge/runtime';
import { conclude } from './conclude';
import { dispatch } from './dispatch';
import { endWith } from './endWith';
import { follow, isHung } from './follow';
import type { HeldLease } from './heldLease';
import { InstanceConnection } from './instanceConnection';
import { keepLearning } from './learnCapabilities';
import type { DrivenAttempt, Session } from './session';
import { WatchedPrompt } from './watchedPrompt';

/** Drives one instance while its lease is held: keeps its slots filled and follows what runs on it. */
export class InstanceDriver {
  /** The prompts that are followed, by id. */
  private readonly open = new Map<string, WatchedPrompt>();
  private readonly running = new Set<Promise<void>>();
  private readonly connection: InstanceConnection;
  private turn: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | null = null;
  private isAdopting = false;

  constructor(
    private readonly session: Session,
    private readonly instance: { url: string; depth: number },
    private readonly onHungry: () => void,
  ) {
    this.connection = new InstanceConnection(session, instance.url, {
      onEvent: (event) => {
        this.hear(event);
      },
      onOpen: () => {
        session.relearn.now();
        onHungry();
      },
      onClose: () => {
        for (const prompt of this.open.values()) prompt.heardCutOff();
      },
      onStall: () => {
        for (const prompt of this.open.values()) prompt.strand();
      },
    });
  }

  /** The lease that this driver lives by. */
  get held(): HeldLease {
    return this.session.held;
  }

  start(): void {
    this.track(this.connection.run());
    this.track(keepLearning(this.session));
  }

  /** Slots without a prompt, none while the instance cannot be reached. */
  hunger(): number {
    const isReady =
      this.connection.clientId !== null && this.stopped === null && this.session.held.isHeld();
    const depth = this.connection.isSolo ? 1 : this.instance.depth;
    return isReady ? Math.max(0, depth - this.open.size) : 0;
  }

  /** Claims shots for the free slots and sets them going. Returns them; none when nothing waits. */
  claim(): Promise<ClaimedAttempt[]> {
    return this.inTurn(() => this.claimNow());
  }

  /**
   * Takes over open attempts of the instance that this driver does not follow: left behind by another worker, claimed
   * by a call whose answer was lost, or dropped here when a step failed.
   */
  async adopt(): Promise<void> {
    if (this.isAdopting || this.stopped) return;
    this.isAdopting = true;
    try {
      await this.inTurn(() => this.adoptNow());
    } finally {
      this.isAdopting = false;
    }
  }

  /** Has the prompt of this attempt stopped, if it is followed here. */
  cancel(attemptId: string): void {
    this.open.get(attemptId)?.cancel(performance.now());
  }

  private async claimNow(): Promise<ClaimedAttempt[]> {
    const { database, workerId, held } = this.session;
    const count = this.hunger();
    const { clientId } = this.connection;
    if (count === 0 || clientId === null) return [];
    const claimed = await claimShots(database, { workerId, lease: held.lease, clientId, count });
    if (!claimed) held.end();
    for (const attempt of claimed ?? []) {
      this.drive(attempt, false, async (prompt) => {
        const isThere = await dispatch(this.session, attempt, { clientId, prompt });
        if (isThere) await this.followToEnd(attempt, prompt);
      });
    }
    return claimed ?? [];
  }

  private async adoptNow(): Promise<void> {
    const { database, held, log } = this.session;
    for (const attempt of await adoptAttempts(database, held.lease, [...this.open.keys()])) {
      log.info({ attempt_id: attempt.attemptId, state: attempt.state }, 'attempt adopted');
      this.drive(attempt, attempt.isStarted, (prompt) => this.driveAdopted(attempt, prompt));
    }
  }

  /** Claiming and adopting take turns, so that what is being claimed does not look as if nobody followed it. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.then(noop, noop);
    return mine;
  }

  /** Claims no more, and lets go of what runs: it goes on, and the next lease holder follows it. */
  stop(): Promise<void> {
    this.stopped ??= this.letGo();
    return this.stopped;
  }

  private async letGo(): Promise<void> {
    this.session.held.end();
    await this.turn;
    await Promise.all(this.running);
  }

  private driveAdopted(attempt: OpenAttempt, prompt: WatchedPrompt): Promise<void> {
    // Nothing was sent for a claimed one, so nothing needs to be looked for.
    if (attempt.state === 'claimed') return endWith(this.session, attempt, 'released');
    if (attempt.isCancelled) prompt.cancel(performance.now());
    return this.followToEnd(attempt, prompt);
  }

  private async followToEnd(attempt: DrivenAttempt, prompt: WatchedPrompt): Promise<void> {
    const result = await follow(this.session, prompt, () => this.connection.heardAt());
    if (isHung(result)) this.connection.quarantine(prompt.attemptId);
    // It would fail whatever comes next, at once, and so take it from the others.
    if (result.outcome === 'error' && result.failure.kind === 'device_error') {
      this.connection.quarantine(null);
    }
    await conclude(this.session, attempt, { prompt, result });
  }

  private drive(
    attempt: DrivenAttempt,
    hasStarted: boolean,
    work: (prompt: WatchedPrompt) => Promise<void>,
  ): void {
    const { attemptId, generationId } = attempt;
    const prompt = new WatchedPrompt(attemptId, hasStarted);
    if (this.connection.isStalled) prompt.strand();
    this.open.set(attemptId, prompt);
    const run = withContext({ attempt_id: attemptId, generation_id: generationId }, () =>
      this.survive(attempt, () => work(prompt)),
    );
    this.track(
      run.finally(() => {
        this.open.delete(attemptId);
        this.onHungry();
      }),
    );
  }

  /**
   * A step that failed for a reason of the world is not tried again here: the attempt is dropped, adopted a moment
   * later, and resumed by its row. One that fails for a reason of its own would fail again, so it ends.
   */
  private async survive(attempt: DrivenAttempt, work: () => Promise<void>): Promise<void> {
    const { held, log } = this.session;
    try {
      await work();
    } catch (error) {
      if (held.signal.aborted) return;
      if (error instanceof DependencyError || error instanceof ComfyUnavailableError) {
        log.warn({ err: error }, 'attempt dropped');
        return;
      }
      log.error({ err: error }, 'attempt failed');
      await this.endAsOurs(attempt);
    }
  }

  /** Where even that fails, the attempt is dropped and comes round again by adoption, not at once. */
  private async endAsOurs(attempt: DrivenAttempt): Promise<void> {
    try {
      await endWith(this.session, attempt, 'internal_error');
    } catch (error) {
      this.session.log.error({ err: error }, 'attempt could not be ended');
    }
  }

  private hear(event: ComfyEvent): void {
    if (!('promptId' in event) || event.promptId === null) return;
    const { promptId } = event;
    const prompt = [...this.open.values()].find((watched) => watched.promptId === promptId);
    if (!prompt) return;
    prompt.heard(performance.now());
    if (event.type === 'finished') prompt.wake.now();
  }

  private track(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }
}

function noop(): void {
  // The one whose turn it was has had its error.
}
