import { parseAllowList, type AllowList } from './allowList';
import { limitBody, readStart } from './body';
import { createDeadlines } from './deadlines';
import type { Message } from './exchange';
import { hop, resolveBySystem, type HopDeps, type OutboundHead, type Resolve } from './hop';
import { OutboundError } from './outboundError';
import { readRedirect } from './redirect';
import { createRules } from './rules';

/** What is allowed, and how the world is seen. */
export interface OutboundOptions {
  /** Hosts and addresses that are allowed although they are not public; none when absent. */
  allow?: AllowList;
  /** Whether http is for everyone; else only for what `allow` names. */
  isHttpAllowed?: boolean;
  /** Finds addresses; the resolver of the system when absent. */
  resolve?: Resolve;
  /** Certificates to trust, PEM; those of Node.js when absent. */
  ca?: string;
}

/** One request to an address that somebody else chose. */
export interface OutboundRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** For all of it, from the first look-up to the last byte, in ms. */
  timeoutMs: number;
  /** How much of the answer's body is taken. */
  maxBytes: number;
  /** How many redirects of a GET are followed; 0 when absent: a redirect is an answer like others. */
  maxRedirects?: number;
  signal?: AbortSignal;
}

/** A whole answer. */
export interface OutboundAnswer extends OutboundHead {
  /** As it was sent: nothing is decompressed. */
  body: Buffer;
  /** The body went on after `maxBytes`. */
  isTruncated: boolean;
  /** From the first look-up to the last byte, in ms. */
  totalMs: number;
}

/** Reads the body of an answer, or leaves it. */
export type Receive<T> = (head: OutboundHead, body: AsyncIterable<Buffer>) => Promise<T>;

/** Sends requests to addresses that other people chose. */
export interface Outbound {
  /** Sends, and gives the answer; its body is cut after `maxBytes`. @throws OutboundError */
  request(request: OutboundRequest): Promise<OutboundAnswer>;
  /**
   * Sends, and has `receive` read the body as it comes; gives what that gives. A body larger than `maxBytes` is an
   * error as soon as it is known.
   * @throws OutboundError, and what `receive` throws
   */
  download<T>(request: OutboundRequest, receive: Receive<T>): Promise<T>;
  /** Why nothing is ever sent to this address, for people; null when it may be. Resolves no names. */
  refusalOf(url: string): string | null;
  /** Gives up what is under way; nothing is sent any more. */
  close(): Promise<void>;
}

/** A client for addresses that other people chose: each is checked when it is dialled, after redirects too. */
export function createOutbound({
  allow = parseAllowList(''),
  isHttpAllowed = false,
  resolve = resolveBySystem,
  ca,
}: OutboundOptions = {}): Outbound {
  const deps = { rules: createRules(allow, isHttpAllowed), resolve, ca };
  const deadlines = createDeadlines();
  const send = <T>(request: OutboundRequest, receive: Receive<T>) =>
    deadlines.run(request, (signal) => follow(deps, { request, receive, signal }));
  return {
    request(request) {
      const startedAt = performance.now();
      return send(request, async (head, body) => {
        const start = await readStart(body, request.maxBytes);
        return { ...head, ...start, totalMs: performance.now() - startedAt };
      });
    },
    download: (request, receive) =>
      send(request, async (head, body) => {
        const { maxBytes } = request;
        if (Number(head.headers['content-length']) > maxBytes) throw new OutboundError('too_large');
        return receive(head, limitBody(body, maxBytes));
      }),
    refusalOf(url) {
      try {
        deps.rules.checkUrl(url);
        return null;
      } catch (error) {
        if (error instanceof OutboundError) return error.message;
        throw error;
      }
    },
    close: () => deadlines.close(),
  };
}

interface Sending<T> {
  request: OutboundRequest;
  receive: Receive<T>;
  signal: AbortSignal;
}

/** Asks, and asks on where it is sent on to; every address is checked like the first. */
async function follow<T>(deps: HopDeps, { request, receive, signal }: Sending<T>): Promise<T> {
  const { maxRedirects = 0 } = request;
  let message = toMessage(request, deps);
  for (let hops = 0; ; hops += 1) {
    const { head, reply } = await hop(deps, message, signal);
    try {
      const onward = maxRedirects === 0 ? null : readRedirect(message, reply);
      if (!onward) return await receive(head, reply.body);
      if (hops === maxRedirects) throw new OutboundError('too_many_redirects');
      message = { ...message, url: deps.rules.checkUrl(onward.url), headers: onward.headers };
    } finally {
      await reply.end();
    }
  }
}

function toMessage(
  { url, method = 'GET', headers = {}, body }: OutboundRequest,
  { rules }: HopDeps,
): Message {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    url: rules.checkUrl(url),
    method,
    // The host is the one that was checked; what is packed could unpack to more than fits.
    headers: {
      ...Object.fromEntries(own.filter(([name]) => name !== 'host')),
      'accept-encoding': 'identity',
    },
    body,
  };
}
