import type { ComfyEvent } from '@avatarforge/comfy';
import { adoptAttempts, claimShots, type ClaimedAttempt, type OpenAttempt } from '@avatarforge/db';
import { withContext } from '@avatarforge/runtime';
import { conclude } from './conclude';
import { dispatch } from './dispatch';
import { endWith } from './endWith';
import { follow } from './follow';
import { InstanceConnection } from './instanceConnection';
import type { DrivenAttempt, Session } from './session';
import { Wake } from './wake';

/** Drives one instance while its lease is held: keeps its slots filled and follows what runs on it. */
export class InstanceDriver {
  /** The wake-up calls of open attempts, by prompt id. */
  private readonly open = new Map<string, Wake>();
  private readonly running = new Set<Promise<void>>();
  private readonly connection: InstanceConnection;
  private turn: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly session: Session,
    private readonly instance: { url: string; depth: number },
    private readonly onHungry: () => void,
  ) {
    this.connection = new InstanceConnection(session, instance.url, {
      onEvent: (event) => {
        this.hear(event);
      },
      onOpen: onHungry,
      onClose: () => {
        for (const wake of this.open.values()) wake.now();
      },
    });
  }

  start(): void {
    this.track(this.connection.run());
  }

  /** Slots without a prompt, none while the instance cannot be reached. */
  hunger(): number {
    const isReady =
      this.connection.clientId !== null && !this.isStopping && this.session.held.isHeld();
    return isReady ? Math.max(0, this.instance.depth - this.open.size) : 0;
  }

  /** Claims shots for the free slots and sets them going. Returns them; none when nothing waits. */
  claim(): Promise<ClaimedAttempt[]> {
    return this.inTurn(() => this.claimNow());
  }

  /**
   * Takes over open attempts of the instance that this driver does not follow: left behind by another worker, claimed
   * by a call whose answer was lost, or dropped here when a step failed.
   */
  adopt(): Promise<void> {
    return this.inTurn(() => this.adoptNow());
  }

  private async claimNow(): Promise<ClaimedAttempt[]> {
    const { database, workerId, held } = this.session;
    const count = this.hunger();
    const { clientId } = this.connection;
    if (count === 0 || clientId === null) return [];
    const claimed = await claimShots(database, { workerId, lease: held.lease, clientId, count });
    if (!claimed) held.end();
    for (const attempt of claimed ?? []) {
      this.drive(attempt, async (wake) => {
        if (await dispatch(this.session, attempt, clientId))
          await this.followToEnd(attempt, false, wake);
      });
    }
    return claimed ?? [];
  }

  private async adoptNow(): Promise<void> {
    const { database, held, log } = this.session;
    for (const attempt of await adoptAttempts(database, held.lease, [...this.open.keys()])) {
      log.info({ attempt_id: attempt.attemptId, state: attempt.state }, 'attempt adopted');
      this.drive(attempt, (wake) => this.driveAdopted(attempt, wake));
    }
  }

  /** Claiming and adopting take turns, so that what is being claimed does not look as if nobody followed it. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.then(noop, noop);
    return mine;
  }

  /** Claims no more, and lets go of what runs: it goes on, and the next lease holder follows it. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.session.held.end();
    await Promise.all(this.running);
  }

  private driveAdopted(attempt: OpenAttempt, wake: Wake): Promise<void> {
    // Nothing was sent for a claimed one, so nothing needs to be looked for.
    if (attempt.state === 'claimed') return endWith(this.session, attempt, 'released');
    return this.followToEnd(attempt, attempt.isStarted, wake);
  }

  private async followToEnd(attempt: DrivenAttempt, isStarted: boolean, wake: Wake): Promise<void> {
    const result = await follow(this.session, { attemptId: attempt.attemptId, isStarted }, wake);
    await conclude(this.session, attempt, result);
  }

  private drive(attempt: DrivenAttempt, work: (wake: Wake) => Promise<void>): void {
    const { attemptId, generationId } = attempt;
    const wake = new Wake();
    this.open.set(attemptId, wake);
    const run = withContext({ attempt_id: attemptId, generation_id: generationId }, () =>
      this.survive(() => work(wake)),
    );
    this.track(
      run.finally(() => {
        this.open.delete(attemptId);
        this.onHungry();
      }),
    );
  }

  /** A step that failed is not tried again here: the attempt is dropped, adopted a moment later, and resumed by its row. */
  private async survive(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.session.held.signal.aborted) return;
      this.session.log.error({ err: error }, 'attempt dropped');
    }
  }

  private hear(event: ComfyEvent): void {
    const tellsOfChange =
      event.type === 'executionStart' ||
      event.type === 'executionError' ||
      event.type === 'executionInterrupted' ||
      event.type === 'finished';
    if (tellsOfChange) this.open.get(event.promptId)?.now();
  }

  private track(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }
}

function noop(): void {
  // The one whose turn it was has had its error.
}
