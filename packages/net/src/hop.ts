import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { dial } from './dial';
import { exchange, type Message, type Reply } from './exchange';
import { hostOf, type Rules } from './rules';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** How an answer begins. */
export interface OutboundHead {
  status: number;
  /** Lower-case names; what came several times is joined with commas. */
  headers: Record<string, string>;
  /** Who answered, after redirects. */
  url: string;
  /** The address that was dialled. */
  address: string;
  /** Of the last host: ms that the look-up took (null for none), the connection with TLS, and then the headers. */
  timings: { dnsMs: number | null; connectMs: number; firstByteMs: number };
}

/** What a hop works with. */
export interface HopDeps {
  rules: Rules;
  resolve: Resolve;
  /** Certificates to trust, PEM; those of Node.js when absent. */
  ca: string | undefined;
}

/**
 * Sends one message: resolves the host once, checks every address, dials one that may be. `reply.end()` is the caller's.
 * @throws OutboundError
 */
export async function hop(
  { rules, resolve, ca }: HopDeps,
  message: Message,
  signal: AbortSignal,
): Promise<{ head: OutboundHead; reply: Reply }> {
  signal.throwIfAborted();
  const { url } = message;
  const host = hostOf(url);
  const isName = isIP(host) === 0;
  const lap = startLaps();
  const found = isName
    ? await find(resolve(host), signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw rules.refuse(url, 'dns_failed', cause);
      })
    : [host];
  const dnsMs = isName ? lap() : null;
  const { address, socket } = await dial(url, rules.chooseAddresses(url, found), { signal, ca });
  const connectMs = lap();
  const reply = await exchange(socket, message, signal);
  const timings = { dnsMs, connectMs, firstByteMs: lap() };
  const { status, headers } = reply;
  return { head: { status, headers, url: url.href, address, timings }, reply };
}

/** Asks the system, as every other program of the machine does; it also knows the hosts file. */
export async function resolveBySystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

/** A look-up cannot be ended; at the signal nobody waits for it any more. */
async function find<T>(lookUp: Promise<T>, signal: AbortSignal): Promise<T> {
  const given = new AbortController();
  try {
    return await Promise.race([lookUp, rejectionOn(signal, given.signal)]);
  } finally {
    given.abort();
  }
}

function rejectionOn(signal: AbortSignal, isOver: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true, signal: isOver });
  });
}

/** Gives the ms since it was last asked. */
function startLaps(): () => number {
  let last = performance.now();
  return () => {
    const before = last;
    last = performance.now();
    return last - before;
  };
}
