import { ComfyUnavailableError, type ComfyEvent } from '@avatarforge/comfy';
import { DependencyError } from '@avatarforge/core';
import {
  adoptAttempts,
  claimShots,
  type ClaimedAttempt,
  type OpenAttempt,
  type Order,
} from '@avatarforge/db';
import { withContext } from '@avatarforge/runtime';
import { conclude } from './conclude';
import { dispatch } from './dispatch';
import { endWith } from './endWith';
import { follow } from './follow';
import type { HeldLease } from './heldLease';
import { InstanceConnection } from './instanceConnection';
import { keepLearning } from './learnCapabilities';
import { ProgressReporter } from './progress';
import type { Scheduler } from '../scheduling/scheduler';
import type { DrivenAttempt, Session } from './session';
import { cutOff, WatchedPrompt } from './watchedPrompt';

/** What is left of the longest refill after each other one. */
const REFILL_FADES = 0.95;
/** The longest a run may take: so many times what its lane usually takes, and never less than this. */
const MAX_RUNS = 10;
const MIN_RUN_LIMIT_MS = 10 * 60_000;

/** Drives one instance while its lease is held: keeps its slots filled and follows what runs on it. */
export class InstanceDriver {
  /** The prompts that are followed, by id. */
  private readonly open = new Map<string, WatchedPrompt>();
  /** Their lanes. */
  private readonly lanes = new Map<string, string>();
  private readonly running = new Set<Promise<void>>();
  private readonly connection: InstanceConnection;
  private turn: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | null = null;
  private isAdopting = false;
  /** From a claim to the prompt being there, of late: a maximum that fades. */
  private refillMs = 0;

  constructor(
    private readonly session: Session,
    private readonly instance: { url: string; scheduler: Scheduler },
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
        cutOff([...this.open.values()]);
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

  /** How many prompts it holds. */
  load(): number {
    return this.open.size;
  }

  /** Slots without a prompt, none while the instance cannot be reached. */
  hunger(): number {
    const isReady =
      this.connection.clientId !== null && this.stopped === null && this.session.held.isHeld();
    return isReady ? Math.max(0, this.depth() - this.open.size) : 0;
  }

  /** One prompt runs and one waits; more where runs are shorter than it takes to bring the next. */
  private depth(): number {
    const lanes = [...this.lanes.values()];
    const wanted = this.instance.scheduler.depth(this.instanceId, lanes, this.refillMs);
    return Math.min(wanted, this.connection.allowance());
  }

  private get instanceId(): string {
    return this.held.lease.instanceId;
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

  /** Has the prompt of this attempt stopped, or given back before it begins, if it is followed here. */
  obey(attemptId: string, order: Order['order']): void {
    const prompt = this.open.get(attemptId);
    if (order === 'cancel') prompt?.cancel(performance.now());
    else prompt?.giveBack();
  }

  /** Looks at all its prompts now rather than a moment later. */
  lookNow(): void {
    for (const prompt of this.open.values()) prompt.wake.now();
  }

  private async claimNow(): Promise<ClaimedAttempt[]> {
    const { database, workerId, held } = this.session;
    const { scheduler } = this.instance;
    const count = this.hunger();
    const { clientId } = this.connection;
    const choices = scheduler.choose(this.instanceId, count);
    if (count === 0 || clientId === null || choices.length === 0) return [];
    const claimedAt = performance.now();
    const claim = { workerId, lease: held.lease, clientId, count, choices };
    const claimed = await claimShots(database, claim);
    if (!claimed) held.end();
    if ((claimed?.length ?? 0) < count) scheduler.lookAgain();
    scheduler.noteClaims(this.instanceId, claimed ?? []);
    for (const attempt of claimed ?? []) {
      this.drive(attempt, false, async (prompt) => {
        prompt.progress = new ProgressReporter(this.session, attempt);
        const isThere = await dispatch(this.session, attempt, { clientId, prompt });
        this.noteRefill(performance.now() - claimedAt);
        if (isThere) await this.followToEnd(attempt, prompt);
      });
    }
    return claimed ?? [];
  }

  private noteRefill(ms: number): void {
    this.refillMs = Math.max(ms, REFILL_FADES * this.refillMs);
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
    prompt.isOver = true;
    await this.connection.judge(prompt.attemptId, result);
    await conclude(this.session, attempt, { prompt, result });
  }

  private drive(
    attempt: DrivenAttempt,
    hasStarted: boolean,
    work: (prompt: WatchedPrompt) => Promise<void>,
  ): void {
    const { attemptId, generationId } = attempt;
    const { runMs, loadMs } = this.instance.scheduler.times(this.instanceId, attempt.lane);
    const maxRunMs = Math.max(MIN_RUN_LIMIT_MS, MAX_RUNS * runMs + loadMs);
    const prompt = new WatchedPrompt(attemptId, hasStarted);
    prompt.maxRunMs = maxRunMs;
    if (this.connection.isStalled) prompt.strand();
    this.open.set(attemptId, prompt);
    this.lanes.set(attemptId, attempt.lane);
    const run = withContext({ attempt_id: attemptId, generation_id: generationId }, () =>
      this.survive(attempt, () => work(prompt)),
    );
    this.track(
      run.finally(() => {
        prompt.progress?.stop();
        this.open.delete(attemptId);
        this.lanes.delete(attemptId);
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
    prompt.progress?.hear(event);
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
