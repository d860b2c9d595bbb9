import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { ignoreLifeEnd } from './faults/lifeEnd';

interface Ends {
  readonly host: string;
  readonly onRequest: RequestListener;
  /** Whether a request for a socket is still there to be served. */
  readonly passes: (request: IncomingMessage, socket: Duplex) => Promise<boolean>;
  /** The status that refuses a request for a socket, if any. */
  readonly refusal: (request: IncomingMessage) => 403 | 404 | undefined;
  readonly onSocket: (socket: WebSocket, clientId: string) => void;
}

/** The port a server listens on, for HTTP and sockets. */
export class Network {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  /** The connections of sockets, also of those not taken yet; the server does not know them. */
  private readonly streams = new Set<Duplex>();

  constructor(private readonly ends: Ends) {
    this.server = createServer(ends.onRequest);
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.streams.add(socket);
      socket.on('close', () => this.streams.delete(socket));
      this.upgrade(request, socket, head).catch(() => socket.destroy());
    });
  }

  /** Listens and returns the port. Rejects when it is taken. */
  open(port: number): Promise<number> {
    const { server } = this;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, this.ends.host, () => {
        server.off('error', reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  /** Closes politely; a client that does not answer in time is cut off. */
  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.close(1001);
    const cutOff = setTimeout(() => {
      for (const stream of this.streams) stream.destroy();
    }, closeDeadlineMs);
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
    clearTimeout(cutOff);
  }

  /** Breaks every connection without a goodbye. */
  cut(): void {
    for (const stream of this.streams) stream.destroy();
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Takes no new connection for a time, unless the signal says that it is over for good. */
  shut(ms: number, signal: AbortSignal): void {
    const { port } = this.server.address() as AddressInfo;
    this.server.close();
    delay(ms, undefined, { signal })
      .then(() => this.open(port))
      .catch(ignoreLifeEnd);
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!(await this.ends.passes(request, socket))) return;
    const status = this.ends.refusal(request);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    this.sockets.handleUpgrade(request, socket, head, (connection) => {
      this.ends.onSocket(connection, searchParams.get('clientId') ?? '');
    });
  }
}

const closeDeadlineMs = 500;
