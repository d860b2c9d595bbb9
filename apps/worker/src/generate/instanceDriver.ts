import { openComfySocket, type ComfyEvent, type SystemStats } from '@avatarforge/comfy';
import {
  adoptAttempts,
  claimShots,
  saveInstanceHealth,
  type ClaimedAttempt,
  type InstanceHealth,
  type OpenAttempt,
} from '@avatarforge/db';
import { backoff, startInterval, withContext, type Interval } from '@avatarforge/runtime';
import { conclude } from './conclude';
import { dispatch } from './dispatch';
import { endWith } from './endWith';
import { follow } from './follow';
import type { DrivenAttempt, Session } from './session';
import { Wake } from './wake';

const PROBE_MS = 5000;
const reconnectWait = backoff({ baseMs: 250, maxMs: 3000, jitter: 0.3 });

/** Drives one instance while its lease is held: keeps its slots filled and follows what runs on it. */
export class InstanceDriver {
  /** The wake-up calls of open attempts, by prompt id. */
  private readonly open = new Map<string, Wake>();
  private readonly running = new Set<Promise<void>>();
  private readonly reconnect = new Wake();
  private connections = 0;
  private turn: Promise<void> = Promise.resolve();
  /** The id of the socket that hears of new prompts; null while there is none. */
  private clientId: string | null = null;
  private probing: Interval | null = null;
  private isStopping = false;

  constructor(
    private readonly session: Session,
    private readonly instance: { url: string; depth: number },
    private readonly onHungry: () => void,
  ) {}

  start(): void {
    this.track(this.keepConnected());
    this.probing = startInterval({
      name: 'instance.probe',
      everyMs: PROBE_MS,
      run: () => this.probe(),
      onError: (error) => {
        this.session.log.error({ err: error }, 'probe failed');
      },
    });
  }

  /** Slots without a prompt, none while the instance cannot be reached. */
  hunger(): number {
    const isReady = this.clientId !== null && !this.isStopping && this.session.held.isHeld();
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
    const { clientId } = this;
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
    this.reconnect.now();
    await this.probing?.stop();
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

  private async keepConnected(): Promise<void> {
    const { held, log } = this.session;
    for (let failures = 0; !held.signal.aborted;) {
      try {
        await this.connectOnce(() => (failures = 0));
      } catch (error) {
        if (isOver(held.signal)) return;
        failures += 1;
        log.warn({ err: error, failures }, 'instance cannot be reached');
        await this.saveHealth('unreachable', (error as Error).message);
      }
      await this.reconnect.wait(reconnectWait(failures), held.signal);
    }
  }

  /** One connection from open to close. Each has a client id of its own: ComfyUI mixes up two with the same. */
  private async connectOnce(onOpen: () => void): Promise<void> {
    const { held, log } = this.session;
    const { instanceId, epoch } = held.lease;
    this.connections += 1;
    const clientId = `af-${instanceId}-${epoch}-${this.connections}`;
    let closed: () => void = () => undefined;
    const untilClosed = new Promise<void>((resolve) => (closed = resolve));
    await openComfySocket({
      baseUrl: this.instance.url,
      clientId,
      signal: held.signal,
      onEvent: (event) => {
        this.hear(event);
      },
      onClose: ({ reason, code }) => {
        this.clientId = null;
        log.info({ reason, code }, 'instance disconnected');
        closed();
      },
    });
    onOpen();
    this.clientId = clientId;
    log.info({ client_id: clientId }, 'instance connected');
    this.onHungry();
    await this.probe();
    await untilClosed;
    for (const wake of this.open.values()) wake.now();
  }

  private hear(event: ComfyEvent): void {
    const tellsOfChange =
      event.type === 'executionStart' ||
      event.type === 'executionError' ||
      event.type === 'executionInterrupted' ||
      event.type === 'finished';
    if (tellsOfChange) this.open.get(event.promptId)?.now();
  }

  /** Asks a connected instance how it is; one that is not connected is reported by the attempts to connect. */
  private async probe(): Promise<void> {
    if (this.clientId === null) return;
    try {
      await this.saveHealth('ok', null, await this.session.comfy.systemStats());
    } catch (error) {
      await this.saveHealth('unreachable', (error as Error).message);
    }
  }

  private async saveHealth(
    health: InstanceHealth,
    healthReason: string | null,
    systemStats: SystemStats | null = null,
  ): Promise<void> {
    const { database, held, log } = this.session;
    const { instanceId: id, epoch } = held.lease;
    try {
      await saveInstanceHealth(database, { id, epoch, health, healthReason, systemStats });
    } catch (error) {
      log.error({ err: error }, 'health could not be saved');
    }
  }

  private track(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }
}

/** A call, since the compiler takes a signal not aborted before an await to be so after it. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function noop(): void {
  // The one whose turn it was has had its error.
}
