import {
  capabilitiesOf,
  createComfyClient,
  openComfySocket,
  type CallOptions,
  type ComfyEvent,
  type ComfySocket,
  type SystemStats,
} from '@avatarforge/comfy';
import type { Trouble } from '@avatarforge/core';
import { findInstanceTroubles, saveInstanceHealth } from '@avatarforge/db';
import { backoff, startInterval } from '@avatarforge/runtime';
import type { FollowResult } from './follow';
import { InstanceCondition } from './instanceCondition';
import type { Session } from './session';
import { StallWatch } from './stallWatch';
import { StrayWatch } from './strayWatch';
import { troubleOf } from './troubleOf';
import { Wake } from '../wake';

const PROBE_MS = 5000;
const reconnectWait = backoff({ baseMs: 250, maxMs: 3000, jitter: 0.3 });

/** What the owner of a connection is told. */
export interface ConnectionEvents {
  onEvent: (event: ComfyEvent) => void;
  /** A socket was opened: prompts submitted from now on are heard. */
  onOpen: () => void;
  /** It closed; what it had still to tell is lost. */
  onClose: () => void;
  /** It is kept from work: what waits there would wait long, or fail. */
  onStall: () => void;
}

/** Keeps a socket to the instance open, and tells the database how the instance is. */
export class InstanceConnection {
  private readonly reconnect = new Wake();
  private readonly condition = new InstanceCondition();
  private readonly strays: StrayWatch;
  private isRestored = false;
  private count = 0;
  private socket: ComfySocket | null = null;
  private isAnswering = false;
  /** Why it could not be reached when that was tried last. */
  private failure = 'It has not been reached yet.';
  private version: string | null = null;
  private stallWatch = new StallWatch();

  constructor(
    private readonly session: Session,
    private readonly baseUrl: string,
    private readonly events: ConnectionEvents,
  ) {
    this.strays = new StrayWatch(session);
  }

  /** The id under which new prompts are heard; null while there is no socket, or nobody answers. */
  get clientId(): string | null {
    return this.isAnswering && !this.isStalled ? (this.socket?.clientId ?? null) : null;
  }

  /** It is kept from work, whether it answers or not. */
  get isStalled(): boolean {
    return this.condition.allowance(performance.now()) === 0;
  }

  /** How many prompts it may hold now: none, one, or `Infinity`: as many as its driver likes. */
  allowance(): number {
    return this.clientId === null ? 0 : this.condition.allowance(performance.now());
  }

  /** When the socket last gave a sign of life; null without one. */
  heardAt(): number | null {
    return this.socket?.lastHeardAt() ?? null;
  }

  /** Learns from how the prompt of an attempt ended whether the instance is to have more. */
  async judge(attemptId: string, result: FollowResult): Promise<void> {
    const trouble = troubleOf(result);
    if (trouble) {
      const isUnfinished = trouble === 'hung' || trouble === 'cancel_ignored';
      await this.keepFromWork(trouble, isUnfinished ? attemptId : null);
    } else if (result.outcome === 'success' && this.condition.drewPicture(performance.now())) {
      await this.trySave();
    }
  }

  /** Runs until the lease ends. */
  async run(): Promise<void> {
    const probing = startInterval({
      name: 'instance.probe',
      everyMs: PROBE_MS,
      jitter: 0.2,
      run: () => this.probe(),
      onError: (error) => {
        this.session.log.error({ err: error }, 'health could not be saved');
      },
    });
    await this.keepOpen();
    await probing.stop();
  }

  private async keepOpen(): Promise<void> {
    const { held, log } = this.session;
    for (let failures = 0; !held.signal.aborted;) {
      try {
        await this.restore();
        await this.openOnce(() => (failures = 0));
      } catch (error) {
        failures += 1;
        log.warn({ err: error, failures }, 'instance cannot be reached');
        await this.tellFailure(error);
      }
      await this.reconnect.wait(reconnectWait(failures), held.signal);
    }
  }

  /** What the driver before knew of its troubles holds for this one. */
  private async restore(): Promise<void> {
    if (this.isRestored) return;
    const { database, held } = this.session;
    const memory = await findInstanceTroubles(database, held.lease.instanceId);
    this.condition.restore(memory, performance.now());
    this.isRestored = true;
  }

  /** One socket from open to close. Each has an id of its own: ComfyUI mixes up two with the same. */
  private async openOnce(onOpen: () => void): Promise<void> {
    const { held, log } = this.session;
    const { instanceId, epoch } = held.lease;
    this.count += 1;
    const clientId = `af-${instanceId}-${epoch}-${this.count}`;
    let closed: () => void = () => undefined;
    const untilClosed = new Promise<void>((resolve) => (closed = resolve));
    const socket = await openComfySocket({
      baseUrl: this.baseUrl,
      clientId,
      signal: held.signal,
      onEvent: this.events.onEvent,
      onClose: ({ reason, code }) => {
        log.info({ reason, code }, 'instance disconnected');
        closed();
      },
    });
    onOpen();
    this.socket = socket;
    if (this.count > 1) this.condition.cameBack(performance.now());
    const untilReset = untilClosed.then(() => {
      this.reset();
    });
    log.info({ client_id: clientId }, 'instance connected');
    await this.probe();
    this.events.onOpen();
    await untilReset;
    this.events.onClose();
  }

  /** What was known is of the ComfyUI that was connected; the next one may be another. */
  private reset(): void {
    this.socket = null;
    this.isAnswering = false;
    this.stallWatch = new StallWatch();
    this.learn(null);
  }

  /** Asks a connected instance how it is; one that is not connected is told of by the attempts to connect. */
  private async probe(): Promise<void> {
    const { comfy, held } = this.session;
    if (this.socket === null) return;
    const call = { signal: held.signal, timeoutMs: PROBE_MS };
    try {
      const systemStats = await comfy.systemStats(call);
      this.learn(systemStats.version);
      await this.checkLeftover(call);
      await this.checkQueue(call);
      this.isAnswering = true;
      await this.save(systemStats);
    } catch (error) {
      this.isAnswering = false;
      await this.tellFailure(error);
    }
  }

  private learn(version: string | null): void {
    if (version === this.version) return;
    this.version = version;
    const known = version === null ? {} : { version };
    this.session.comfy = createComfyClient({ baseUrl: this.baseUrl, ...known });
    this.condition.isSolo = capabilitiesOf(version).membership === 'solo';
  }

  /** Whether it is done with what it should have been done with before. */
  private async checkLeftover(call: CallOptions): Promise<void> {
    const { leftoverId } = this.condition;
    if (leftoverId === null) return;
    const { state } = await this.session.comfy.look(leftoverId, call);
    if (state !== 'running') this.condition.leftoverEnded();
  }

  /** Looks for prompts that should not be there, and whether those that should be there get on. */
  private async checkQueue(call: CallOptions): Promise<void> {
    const { comfy } = this.session;
    const length = await comfy.queueLength(call);
    const stray = await this.strays.sweep(length, call);
    if (stray !== null) this.condition.leaveOver(stray, performance.now());
    if (!this.stallWatch.isStill(length, performance.now())) return;
    const { running } = await comfy.queue(call);
    if (!this.stallWatch.isStalled(running.length, performance.now())) return;
    if (!this.isStalled) await this.keepFromWork('stalled', null);
  }

  /** Lets no more prompts go there for a while, nor wait there. */
  private async keepFromWork(trouble: Trouble, promptId: string | null): Promise<void> {
    this.session.log.warn({ trouble, prompt_id: promptId }, 'instance gave trouble');
    this.condition.trouble(trouble, performance.now(), promptId);
    this.events.onStall();
    await this.trySave();
  }

  private async tellFailure(error: unknown): Promise<void> {
    if (this.session.held.signal.aborted) return;
    this.failure = error instanceof Error ? error.message : String(error);
    await this.trySave();
  }

  private async trySave(): Promise<void> {
    try {
      await this.save(null);
    } catch (saveError) {
      this.session.log.error({ err: saveError }, 'health could not be saved');
    }
  }

  private async save(systemStats: SystemStats | null): Promise<void> {
    const { database, held } = this.session;
    const { instanceId: id, epoch } = held.lease;
    const at = performance.now();
    const unreachable = {
      health: 'unreachable' as const,
      healthReason: `${this.failure} It is tried again every few seconds.`,
    };
    await saveInstanceHealth(database, {
      ...{ id, epoch, systemStats, version: this.version },
      ...(this.isAnswering ? this.condition.describe(at) : unreachable),
      ...(this.isRestored && { memory: this.condition.memory(at) }),
    });
  }
}
