import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Faults } from '../faults/faults';
import { ignoreLifeEnd } from '../faults/lifeEnd';
import type { Scene } from '../faults/points';
import { asciiJson, isObject, type Json, type JsonObject } from '../json';

interface HubDependencies {
  /** Body of the `feature_flags` answer; undefined when the version negotiates nothing. */
  readonly features: JsonObject | undefined;
  readonly queueRemaining: () => number;
  /** Display id of the node that the given client's job is at, if any. */
  readonly currentNode: (clientId: string) => string | undefined;
  /** Whether an old socket, when it closes at last, silences the new one with the same id. */
  readonly oldSocketSilencesNew: boolean;
  readonly faults: Faults;
}

/**
 * The sockets by client id; a second socket with the same id replaces the first. All messages go
 * through one loop that waits for each send: a socket nobody reads from holds up everyone.
 */
export class SocketHub {
  private readonly sockets = new Map<string, WebSocket>();
  private readonly flags = new Map<string, JsonObject>();
  private lastSend: Promise<void> = Promise.resolve();

  constructor(private readonly deps: HubDependencies) {}

  connect(socket: WebSocket, givenId: string): void {
    const id = givenId === '' ? randomUUID().replaceAll('-', '') : givenId;
    this.sockets.delete(id);
    this.sockets.set(id, socket);
    this.flags.set(id, {});
    socket.on('close', () => {
      if (this.sockets.get(id) === socket || this.deps.oldSocketSilencesNew) this.forget(id);
    });
    // The connection ends with a `close` event right after; there is nothing else to do about it.
    socket.on('error', () => undefined);
    if (this.deps.features) this.awaitFlags(socket, id, this.deps.features);
    void this.greet(id);
  }

  /** Sends to one client, dropped when it is not connected by then; without an id to everyone. */
  send(type: string, data: object, clientId?: string): void {
    this.enqueue({ event: type, client_id: clientId }, asciiJson({ type, data }));
  }

  sendBinary(frame: Buffer, clientId?: string): void {
    this.enqueue({ event: 'binary', client_id: clientId }, frame);
  }

  announceQueue(): void {
    this.send('status', this.statusData());
  }

  /** What the client declared in its first frame. */
  hasFlag(clientId: string, flag: string): boolean {
    return this.flags.get(clientId)?.[flag] === true;
  }

  /** The sockets that get messages: all, or the one of a client. */
  connections(clientId?: string): WebSocket[] {
    if (clientId === undefined) return [...this.sockets.values()];
    const socket = this.sockets.get(clientId);
    return socket ? [socket] : [];
  }

  /** Sends a client nothing more, whatever its socket thinks. */
  forget(id: string): void {
    this.sockets.delete(id);
    this.flags.delete(id);
  }

  private statusData() {
    return { status: { exec_info: { queue_remaining: this.deps.queueRemaining() } } };
  }

  /** What a new socket gets before everything else; it does not wait for the loop. */
  private async greet(id: string): Promise<void> {
    await this.deliver(asciiJson({ type: 'status', data: { ...this.statusData(), sid: id } }), id);
    const node = this.deps.currentNode(id);
    if (node !== undefined)
      await this.deliver(asciiJson({ type: 'executing', data: { node } }), id);
  }

  /** Only the first object a client sends counts. */
  private awaitFlags(socket: WebSocket, id: string, features: JsonObject): void {
    const read = (frame: unknown, isBinary: boolean): void => {
      const message = isBinary ? null : parseMessage((frame as Buffer).toString('utf8'));
      if (!isObject(message)) return;
      socket.off('message', read);
      if (message['type'] !== 'feature_flags') return;
      this.flags.set(id, isObject(message['data']) ? message['data'] : {});
      void this.deliver(asciiJson({ type: 'feature_flags', data: features }), id);
    };
    socket.on('message', read);
  }

  private enqueue(about: Scene<'frame.sent'>, frame: string | Buffer): void {
    const scene = { ...about, madeAt: performance.now() };
    this.lastSend = this.lastSend.then(() => this.publish(scene, frame)).catch(ignoreLifeEnd);
  }

  private async publish(scene: Scene<'frame.ready'>, made: string | Buffer): Promise<void> {
    await this.deps.faults.at('frame.ready', scene);
    const frame = this.deps.faults.alter('frame.sent', scene, made);
    if (frame !== undefined) await this.deliver(frame, scene.client_id);
  }

  private async deliver(frame: string | Buffer, clientId: string | undefined): Promise<void> {
    for (const socket of this.connections(clientId)) await sendOn(socket, frame);
  }
}

/**
 * Resolves when the frame is handed to the network, or the connection is at its end. A paused
 * socket stands for one whose network is gone.
 */
function sendOn(socket: WebSocket, frame: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN || socket.isPaused) resolve();
    else {
      socket.send(frame, () => {
        resolve();
      });
    }
  });
}

function parseMessage(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The server only logs a client frame that is not JSON.
    return null;
  }
}
