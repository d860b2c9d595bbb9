import type { Message, Reply } from './exchange';
import { OutboundError } from './outboundError';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What another host may know too. */
const FOR_EVERYONE = new Set(['accept', 'user-agent', 'accept-encoding']);

/** Where an answer sends on to, unchecked. */
export interface Onward {
  /** Absolute. */
  url: string;
  headers: Record<string, string>;
}

/**
 * What to ask next, or null when the answer is the last one: only a GET is sent on. Another origin gets none of the
 * caller's headers.
 * @throws OutboundError bad_answer, insecure_scheme for a way from https to http
 */
export function readRedirect({ url, method, headers }: Message, reply: Reply): Onward | null {
  const location = reply.headers['location'];
  if (method !== 'GET' || !REDIRECTS.has(reply.status) || location === undefined) return null;
  if (!URL.canParse(location, url.href)) throw new OutboundError('bad_answer');
  const next = new URL(location, url);
  if (url.protocol === 'https:' && next.protocol === 'http:') {
    throw new OutboundError('insecure_scheme', {
      message: 'The host redirects from https to http, which is not followed.',
    });
  }
  const isSame = next.origin === url.origin;
  const kept = Object.entries(headers).filter(([name]) => isSame || FOR_EVERYONE.has(name));
  return { url: next.href, headers: Object.fromEntries(kept) };
}
