import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { ModelMemory } from './execution/modelMemory';
import { ResultCache } from './execution/resultCache';
import { Worker, type Execution } from './execution/worker';
import { Folders } from './files/folders';
import { createApp } from './http/app';
import { isForeignOrigin } from './http/originCheck';
import { defaultOptions, type ComfySimOptions } from './options';
import { profile033 } from './profile';
import { PromptQueue } from './queue/promptQueue';
import { SocketHub } from './socket/hub';

/** A simulated ComfyUI server in this process. */
export interface ComfySim {
  /** Listens, and tells where. Rejects when the port is taken. */
  start(): Promise<{ url: string; port: number }>;
  /** Closes every connection and forgets everything but `input/` and `output/`. */
  stop(): Promise<void>;
  /** What ran so far, oldest first. */
  executions(): readonly Execution[];
}

const cacheBytes = 256 * 1024 * 1024;

/**
 * Makes a simulator; nothing happens before `start()`. Options left out take their defaults, but
 * without a directory it uses one of its own, which `stop()` removes.
 */
export function createComfySim(options: Partial<ComfySimOptions> = {}): ComfySim {
  const ownDirectory = join(tmpdir(), `comfy-sim-${randomUUID()}`);
  const settings = { ...defaultOptions, directory: ownDirectory, ...options };
  const folders = new Folders(settings.directory);
  const queue: PromptQueue = new PromptQueue(() => {
    hub.announceQueue();
  });
  const hub: SocketHub = new SocketHub({
    features: profile033.features,
    queueRemaining: () => queue.remaining,
    currentNode: (clientId) => worker.currentNodeOf(clientId),
  });
  const worker: Worker = new Worker(queue, {
    options: settings,
    folders,
    hub,
    models: new ModelMemory(settings.modelMemory, settings.loadMs),
    cache: new ResultCache(cacheBytes),
    wait: (ms, signal) => delay(ms, undefined, { signal }),
  });
  const app = createApp({ options: settings, profile: profile033, folders, queue, worker });
  const server = createServer(app);
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    acceptSocket({ sockets, hub }, request, { socket, head });
  });
  const stopping = new AbortController();
  let working: Promise<void> = Promise.resolve();

  return {
    async start() {
      await folders.prepare();
      const port = await listen(server, settings);
      working = worker.run(stopping.signal);
      return { url: `http://${settings.host}:${port}`, port };
    },
    async stop() {
      stopping.abort();
      await close(server, sockets);
      await working;
      await folders.wipeTemp();
      await rm(ownDirectory, { recursive: true, force: true });
    },
    executions: () => worker.list(),
  };
}

function acceptSocket(
  { sockets, hub }: { sockets: WebSocketServer; hub: SocketHub },
  request: IncomingMessage,
  { socket, head }: { socket: Duplex; head: Buffer },
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const isKnown = url.pathname === '/ws' || url.pathname === '/api/ws';
  if (!isKnown || isForeignOrigin(request.headers)) {
    socket.end(
      `HTTP/1.1 ${isKnown ? '403 Forbidden' : '404 Not Found'}\r\nContent-Length: 0\r\n\r\n`,
    );
    return;
  }
  sockets.handleUpgrade(request, socket, head, (connection) => {
    hub.connect(connection, url.searchParams.get('clientId') ?? '');
  });
}

function listen(server: Server, { host, port }: ComfySimOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const closeDeadlineMs = 500;

/** Closes politely; a client that does not answer in time is cut off. */
async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001);
  const cutOff = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, closeDeadlineMs);
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
  clearTimeout(cutOff);
}
