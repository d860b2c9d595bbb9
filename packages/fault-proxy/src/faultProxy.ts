import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A server seen through a cable that can be pulled. */
export interface FaultProxy {
  /** The given address, by way of the proxy. */
  url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Lets connections pass again after `cut`. */
  restore(): Promise<void>;
  /** Breaks every connection without a goodbye (RST); new ones pass. */
  reset(): void;
  /** Keeps connections open, but nothing passes any more. */
  freeze(): void;
  /** Lets pass what was held back. */
  thaw(): void;
  /** From now on every piece of data takes so many milliseconds; 0: none. */
  slow(ms: number): void;
  /** Breaks every connection and frees the port. */
  close(): Promise<void>;
}

/** What all cables of one proxy do to what passes. */
interface Condition {
  delayMs: number;
  thawed: Promise<void> | null;
}

/** Opens a proxy on a free port of loopback in front of the server that `url` names. */
export async function openFaultProxy(url: string): Promise<FaultProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const condition: Condition = { delayMs: 0, thawed: null };
  let release: () => void = () => undefined;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A broken connection is what was asked for; both its ends close.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    keep(client);
    keep(upstream);
    client.pipe(cable(condition)).pipe(upstream).pipe(cable(condition)).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const listen = async (port: number) => {
    if (server.listening) return;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const thaw = () => {
    condition.thawed = null;
    release();
  };

  await listen(0);
  const { port } = server.address() as AddressInfo;
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${port}`;
  return {
    url: proxied.href,
    cut,
    restore: () => listen(port),
    reset() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    freeze() {
      condition.thawed ??= new Promise((resolve) => (release = resolve));
    },
    thaw,
    slow(ms) {
      condition.delayMs = ms;
    },
    async close() {
      await cut();
      thaw();
    },
  };
}

/** One direction of a connection; pieces keep their order. */
function cable(condition: Condition): Transform {
  return new Transform({
    transform(piece, _encoding, pass) {
      if (condition.thawed === null && condition.delayMs === 0) {
        pass(null, piece);
        return;
      }
      const { delayMs } = condition;
      void Promise.resolve(condition.thawed).then(() => {
        setTimeout(pass, delayMs, null, piece);
      });
    },
  });
}
