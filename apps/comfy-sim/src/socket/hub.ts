import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { asciiJson, isObject, type Json, type JsonObject } from '../json';

interface HubDependencies {
  /** Body of the `feature_flags` answer. */
  readonly features: JsonObject;
  readonly queueRemaining: () => number;
  /** Display id of the node that the given client's job is at, if any. */
  readonly currentNode: (clientId: string) => string | undefined;
}

/**
 * The sockets by client id. A second socket with the same id replaces the first; when the first
 * closes at last, the entry goes, and the second hears nothing more. That is ComfyUI's own bug.
 */
export class SocketHub {
  private readonly sockets = new Map<string, WebSocket>();
  private readonly flags = new Map<string, JsonObject>();

  constructor(private readonly deps: HubDependencies) {}

  connect(socket: WebSocket, givenId: string): void {
    const id = givenId === '' ? randomUUID().replaceAll('-', '') : givenId;
    this.sockets.delete(id);
    this.sockets.set(id, socket);
    this.flags.set(id, {});
    socket.on('close', () => {
      this.sockets.delete(id);
      this.flags.delete(id);
    });
    // The connection ends with a `close` event right after; there is nothing else to do about it.
    socket.on('error', () => undefined);
    socket.once('message', (frame, isBinary) => {
      if (!isBinary) this.negotiate(id, (frame as Buffer).toString('utf8'));
    });

    this.send('status', { ...this.statusData(), sid: id }, id);
    const node = this.deps.currentNode(id);
    if (node !== undefined) this.send('executing', { node }, id);
  }

  /** Sends to one client, dropped when it is not connected; without an id to everyone. */
  send(type: string, data: object, clientId?: string): void {
    this.deliver(asciiJson({ type, data }), clientId);
  }

  sendBinary(frame: Buffer, clientId?: string): void {
    this.deliver(frame, clientId);
  }

  announceQueue(): void {
    this.send('status', this.statusData());
  }

  /** What the client declared in its first frame. */
  hasFlag(clientId: string, flag: string): boolean {
    return this.flags.get(clientId)?.[flag] === true;
  }

  private statusData() {
    return { status: { exec_info: { queue_remaining: this.deps.queueRemaining() } } };
  }

  private negotiate(id: string, text: string): void {
    const message = parseMessage(text);
    if (!isObject(message) || message['type'] !== 'feature_flags') return;
    this.flags.set(id, isObject(message['data']) ? message['data'] : {});
    this.send('feature_flags', this.deps.features, id);
  }

  private deliver(frame: string | Buffer, clientId?: string): void {
    const one = clientId === undefined ? undefined : this.sockets.get(clientId);
    const targets = clientId === undefined ? [...this.sockets.values()] : one ? [one] : [];
    for (const socket of targets) {
      if (socket.readyState === socket.OPEN) socket.send(frame);
    }
  }
}

function parseMessage(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The server only logs a client frame that is not JSON.
    return null;
  }
}
