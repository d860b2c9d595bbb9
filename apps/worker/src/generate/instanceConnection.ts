import {
  capabilitiesOf,
  createComfyClient,
  FULL_MEMBER_SINCE,
  openComfySocket,
  type ComfyEvent,
  type ComfySocket,
  type SystemStats,
} from '@avatarforge/comfy';
import { hasEnded, saveInstanceHealth, type InstanceHealth } from '@avatarforge/db';
import { backoff, startInterval } from '@avatarforge/runtime';
import type { Session } from './session';
import { StallWatch } from './stallWatch';
import { Wake } from '../wake';

const PROBE_MS = 5000;
/**
 * An instance that stopped working, on nobody knows which prompt, is tried again after this long, or when its connection
 * breaks: it may have been restarted.
 */
const QUARANTINE_MS = 5 * 60_000;
const SOLO = `ComfyUI older than ${FULL_MEMBER_SINCE}: one prompt at a time, never interrupted`;
const STALLED = 'ComfyUI takes prompts and works no more: restart it';
const reconnectWait = backoff({ baseMs: 250, maxMs: 3000, jitter: 0.3 });

/** What the owner of a connection is told. */
export interface ConnectionEvents {
  onEvent: (event: ComfyEvent) => void;
  /** A socket was opened: prompts submitted from now on are heard. */
  onOpen: () => void;
  /** It closed; what it had still to tell is lost. */
  onClose: () => void;
  /** It takes prompts and works no more: what waits there would wait for ever. */
  onStall: () => void;
}

/** Keeps a socket to the instance open, and tells the database how the instance is. */
export class InstanceConnection {
  private readonly reconnect = new Wake();
  private count = 0;
  private socket: ComfySocket | null = null;
  private isAnswering = false;
  private version: string | null = null;
  private stallWatch = new StallWatch();
  private hasLookedAround = false;
  /** While it is kept from new prompts; `hungId` is the attempt that hangs there. */
  private stall: { since: number; hungId: string | null } | null = null;

  constructor(
    private readonly session: Session,
    private readonly baseUrl: string,
    private readonly events: ConnectionEvents,
  ) {}

  /** The id under which new prompts are heard; null while there is no socket, or nobody answers. */
  get clientId(): string | null {
    const isWell = this.isAnswering && !this.isStalled;
    return isWell ? (this.socket?.clientId ?? null) : null;
  }

  /** It is too old for more than one prompt at a time. */
  get isSolo(): boolean {
    return capabilitiesOf(this.version).membership === 'solo';
  }

  /** It takes prompts and works no more. */
  get isStalled(): boolean {
    return this.stall !== null;
  }

  /** When the socket last gave a sign of life; null without one. */
  heardAt(): number | null {
    return this.socket?.lastHeardAt() ?? null;
  }

  /** Keeps new prompts from an instance that stopped working, on the prompt of attempt `hungId` if it is known. */
  quarantine(hungId: string | null): void {
    this.session.log.warn({ hung_attempt_id: hungId }, 'instance stopped working');
    this.stall = { since: performance.now(), hungId };
    this.events.onStall();
  }

  /** Runs until the lease ends. */
  async run(): Promise<void> {
    const probing = startInterval({
      name: 'instance.probe',
      everyMs: PROBE_MS,
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
        await this.openOnce(() => (failures = 0));
      } catch (error) {
        failures += 1;
        log.warn({ err: error, failures }, 'instance cannot be reached');
        await this.tellFailure(error);
      }
      await this.reconnect.wait(reconnectWait(failures), held.signal);
    }
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
    const untilReset = untilClosed.then(() => {
      this.reset();
    });
    log.info({ client_id: clientId }, 'instance connected');
    await this.probe();
    this.events.onOpen();
    await untilReset;
    this.events.onClose();
  }

  /** Asks a connected instance how it is; one that is not connected is told of by the attempts to connect. */
  private async probe(): Promise<void> {
    const { comfy, held } = this.session;
    if (this.socket === null) return;
    try {
      const systemStats = await comfy.systemStats({ signal: held.signal, timeoutMs: PROBE_MS });
      this.learn(systemStats.version);
      await this.checkStall();
      this.isAnswering = true;
      await this.save({ ...this.health(), systemStats });
    } catch (error) {
      this.isAnswering = false;
      await this.tellFailure(error);
    }
  }

  private health(): { health: InstanceHealth; healthReason: string | null } {
    if (this.stall) return { health: 'unreachable', healthReason: STALLED };
    return { health: 'ok', healthReason: this.isSolo ? SOLO : null };
  }

  /** What was known is of the ComfyUI that was connected; the next one may be another. */
  private reset(): void {
    this.socket = null;
    this.isAnswering = false;
    this.hasLookedAround = false;
    // One that hangs on a known prompt is well only when that prompt runs no more.
    if (this.stall?.hungId == null) this.stall = null;
    this.stallWatch = new StallWatch();
    this.learn(null);
  }

  private learn(version: string | null): void {
    if (version === this.version) return;
    this.version = version;
    const known = version === null ? {} : { version };
    this.session.comfy = createComfyClient({ baseUrl: this.baseUrl, ...known });
    if (this.isSolo) this.session.log.warn({ version }, SOLO);
  }

  private async checkStall(): Promise<void> {
    const { comfy, held } = this.session;
    const call = { signal: held.signal, timeoutMs: PROBE_MS };
    if (this.stall) {
      const { hungId, since } = this.stall;
      const isOver = hungId
        ? (await comfy.look(hungId, call)).state !== 'running'
        : performance.now() - since >= QUARANTINE_MS;
      if (isOver) this.stall = null;
      return;
    }
    if (!this.hasLookedAround) await this.lookAround(call);
    if (!this.stallWatch.isStill(await comfy.queueLength(call), performance.now())) return;
    const { running } = await comfy.queue(call);
    if (this.stallWatch.isStalled(running.length, performance.now())) this.quarantine(null);
  }

  /** Whoever drove the instance before may have left a prompt that hangs there: its attempt is over, and it still runs. */
  private async lookAround(call: { signal: AbortSignal; timeoutMs: number }): Promise<void> {
    const { comfy, database } = this.session;
    const { running } = await comfy.queue(call);
    const ours = running[0]?.tag?.attempt;
    if (ours !== undefined && (await hasEnded(database, ours))) this.quarantine(ours);
    this.hasLookedAround = true;
  }

  private async tellFailure(error: unknown): Promise<void> {
    if (this.session.held.signal.aborted) return;
    const healthReason = error instanceof Error ? error.message : String(error);
    try {
      await this.save({ health: 'unreachable', healthReason, systemStats: null });
    } catch (saveError) {
      this.session.log.error({ err: saveError }, 'health could not be saved');
    }
  }

  private async save(seen: {
    health: InstanceHealth;
    healthReason: string | null;
    systemStats: SystemStats | null;
  }): Promise<void> {
    const { database, held } = this.session;
    const { instanceId: id, epoch } = held.lease;
    await saveInstanceHealth(database, { id, epoch, ...seen });
  }
}
