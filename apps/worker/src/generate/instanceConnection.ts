import { openComfySocket, type ComfyEvent, type SystemStats } from '@avatarforge/comfy';
import { saveInstanceHealth, type InstanceHealth } from '@avatarforge/db';
import { backoff, startInterval } from '@avatarforge/runtime';
import type { Session } from './session';
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
}

/** Keeps a socket to the instance open, and tells the database how the instance is. */
export class InstanceConnection {
  private readonly reconnect = new Wake();
  private count = 0;
  private openId: string | null = null;
  private isAnswering = false;

  constructor(
    private readonly session: Session,
    private readonly baseUrl: string,
    private readonly events: ConnectionEvents,
  ) {}

  /** The id under which new prompts are heard; null while there is no socket, or nobody answers. */
  get clientId(): string | null {
    return this.isAnswering ? this.openId : null;
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
    await openComfySocket({
      baseUrl: this.baseUrl,
      clientId,
      signal: held.signal,
      onEvent: this.events.onEvent,
      onClose: ({ reason, code }) => {
        this.openId = null;
        log.info({ reason, code }, 'instance disconnected');
        closed();
      },
    });
    onOpen();
    this.openId = clientId;
    this.isAnswering = true;
    log.info({ client_id: clientId }, 'instance connected');
    this.events.onOpen();
    await this.probe();
    await untilClosed;
    this.events.onClose();
  }

  /** Asks a connected instance how it is; one that is not connected is told of by the attempts to connect. */
  private async probe(): Promise<void> {
    const { comfy, held } = this.session;
    if (this.openId === null) return;
    try {
      const systemStats = await comfy.systemStats({ signal: held.signal, timeoutMs: PROBE_MS });
      this.isAnswering = true;
      await this.save({ health: 'ok', healthReason: null, systemStats });
    } catch (error) {
      this.isAnswering = false;
      await this.tellFailure(error);
    }
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
