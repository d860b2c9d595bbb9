import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { parse } from 'ipaddr.js';
import { errorCodeOf, OutboundError } from './outboundError';
import { hostOf, portOf } from './rules';

/** An open connection, and the address at its other end. */
export interface Connection {
  socket: Socket;
  address: string;
}

interface DialOptions {
  signal: AbortSignal;
  /** Certificates to trust, PEM; those of Node.js when absent. */
  ca: string | undefined;
}

/** A name may have hundreds of addresses; no more are tried. */
const MAX_ADDRESSES = 6;
/** What one address may take while others are left, in ms. */
const ATTEMPT_MS = 3_000;

/**
 * Connects to the first of `addresses` that takes a connection, and over TLS to the host of `url`. Nothing is resolved.
 * @throws OutboundError connect_failed, tls_failed
 */
export async function dial(
  url: URL,
  addresses: readonly string[],
  { signal, ca }: DialOptions,
): Promise<Connection> {
  const connection = await connectToFirst(url, addresses.slice(0, MAX_ADDRESSES), signal);
  if (url.protocol === 'http:') return connection;
  return { ...connection, socket: await secure(url, connection.socket, { signal, ca }) };
}

async function connectToFirst(
  url: URL,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Connection> {
  let cause: unknown;
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const limit = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]);
    try {
      return { address, socket: await connectTo(address, portOf(url), limit) };
    } catch (error) {
      signal.throwIfAborted();
      cause = error;
    }
  }
  throw new OutboundError('connect_failed', { cause });
}

async function connectTo(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = keepQuiet(connect({ host: address, port, noDelay: true }));
  try {
    await once(socket, 'connect', { signal });
    // Cannot be: an address is not resolved. Were it, all checks would have been in vain.
    if (!isSame(socket.remoteAddress, address)) throw new OutboundError('blocked_address');
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function secure(url: URL, socket: Socket, { signal, ca }: DialOptions): Promise<Socket> {
  // Certificates name hosts without the dot at the end.
  const host = hostOf(url).replace(/\.$/, '');
  const secured = keepQuiet(
    connectTls({
      socket,
      host,
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: true,
      ...(ca !== undefined && { ca }),
    }),
  );
  try {
    await once(secured, 'secureConnect', { signal });
    return secured;
  } catch (cause) {
    secured.destroy();
    socket.destroy();
    signal.throwIfAborted();
    throw new OutboundError('tls_failed', { message: describeTls(cause), cause });
  }
}

function describeTls(cause: unknown): string {
  const code = errorCodeOf(cause);
  const reason = code === '' ? '' : ` (${code})`;
  return `No secure connection could be made${reason}. Check the certificate of the host.`;
}

/** Errors reach whoever waits for the socket; between two waits they would end the process. */
function keepQuiet<S extends Socket>(socket: S): S {
  return socket.on('error', () => undefined);
}

function isSame(one: string | undefined, other: string): boolean {
  return one !== undefined && parse(one).toString() === parse(other).toString();
}
