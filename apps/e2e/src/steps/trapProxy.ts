import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterTests } from '@avatarforge/testing';

/** Where a worker is caught: at the first message with `sign` in it that it sends after one with `since` in it. */
interface Trap {
  /** From the beginning when absent. */
  since?: string | undefined;
  /** Stands near the beginning of the message, so that no packet ends within it. */
  sign: string;
  /** `before`: the server has not got the message. `after`: it has carried it out, and its answer is held back. */
  side: 'before' | 'after';
  /** Called as soon as the message is held: what the worker sends later is not. */
  onCaught: () => void;
}

/** A server seen through a cable in which one message can be caught. */
export interface TrapProxy {
  /** The given address, by way of the proxy. */
  url: string;
  set(trap: Trap): void;
  /** Lets pass what was held back, whether or not its sender still lives. */
  letGo(): void;
  /** All that reached the server, for each connection. */
  delivered(): string[];
  /** Breaks every connection; also done after the tests. */
  close(): Promise<void>;
}

/** A proxy on loopback in front of the server that `url` names. `isComplete` tells whether an answer ends with `bytes`. */
export async function startTrapProxy(
  url: string,
  isComplete: (bytes: Buffer) => boolean,
): Promise<TrapProxy> {
  const target = new URL(url);
  const cables: Cable[] = [];
  let trap: Trap | null = null;
  let isArmed = false;

  const server = createServer((client) => {
    const open = () => connect(Number(target.port), target.hostname);
    const upstream = open();
    const cable = new Cable(client, upstream, open);
    cables.push(cable);
    client.on('data', (bytes) => {
      if (trap && isArmed && bytes.includes(trap.sign)) {
        cable.catch(trap);
        trap = null;
      }
      isArmed ||= trap?.since !== undefined && bytes.includes(trap.since);
      cable.there.pass(bytes);
    });
    upstream.on('data', (bytes) => {
      cable.back.pass(bytes);
      if (isComplete(bytes)) cable.answered();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    for (const cable of cables) cable.cut();
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  afterTests(close);

  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href.replace(/\/$/, ''),
    set(next) {
      trap = next;
      isArmed = next.since === undefined;
    },
    letGo() {
      for (const cable of cables) cable.letGo();
    },
    delivered: () => cables.map((cable) => cable.there.passed()),
    close,
  };
}

/** One connection: the way there, and the way back. */
class Cable {
  readonly there: Way;
  readonly back: Way;
  private caught: Trap | null = null;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    open: () => Socket,
  ) {
    this.there = new Way(upstream, open);
    this.back = new Way(client, () => client);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    client.on('close', () => {
      this.there.end();
    });
    upstream.on('close', () => {
      this.back.end();
    });
  }

  catch(trap: Trap): void {
    const { side, onCaught } = trap;
    if (side === 'after') {
      this.caught = trap;
      this.back.hold();
    } else {
      this.there.hold();
      onCaught();
    }
  }

  /** The server has carried out what was sent. */
  answered(): void {
    this.caught?.onCaught();
    this.caught = null;
  }

  letGo(): void {
    this.there.letGo();
    this.back.letGo();
  }

  cut(): void {
    this.client.destroy();
    this.upstream.destroy();
  }
}

/** One direction of a connection. What is held outlives both its ends, as in a proxy that opens connections of its own. */
class Way {
  private held: Buffer[] | null = null;
  private isOver = false;
  private readonly record: Buffer[] = [];

  constructor(
    private to: Socket,
    private readonly open: () => Socket,
  ) {}

  pass(bytes: Buffer): void {
    if (this.held) {
      this.held.push(bytes);
      return;
    }
    this.record.push(bytes);
    this.to.write(bytes);
  }

  hold(): void {
    this.held = [];
  }

  letGo(): void {
    const { held } = this;
    if (!held) return;
    this.held = null;
    if (this.to.destroyed) this.to = this.open().on('error', noop).resume();
    for (const bytes of held) this.pass(bytes);
    if (this.isOver) this.to.end();
  }

  end(): void {
    this.isOver = true;
    if (!this.held) this.to.end();
  }

  passed(): string {
    return Buffer.concat(this.record).toString('latin1');
  }
}

function noop(): void {
  // Nobody waits for the answer.
}
