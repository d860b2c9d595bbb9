import type { DeliveryAttemptRecord, DeliveryClaim, DeliveryEnd } from '@avatarforge/db';
import { OutboundError, type Outbound, type OutboundAnswer } from '@avatarforge/net';
import { judgeAnswer, nextWait, parseRetryAfter, signDelivery } from '@avatarforge/webhooks';
import { version } from '../../package.json';

/** For all of a try: names, connection, TLS, answer. */
const TIMEOUT_MS = 15_000;
/** What the log keeps of an answer. */
const MAX_BODY_BYTES = 4096;
const MAX_HEADERS = 50;
const MAX_HEADER_LENGTH = 500;

/** What a try came to. */
export interface Posted {
  attempt: Omit<DeliveryAttemptRecord, 'number'>;
  end: DeliveryEnd;
}

/** Sends a delivery once. Rejects only with the reason of `signal`. */
export async function postOnce(
  outbound: Outbound,
  claim: DeliveryClaim,
  signal: AbortSignal,
): Promise<Posted> {
  const began = performance.now();
  // By the clock of Postgres: receivers refuse what seems to be old.
  const { id, url, body, secrets, at: startedAt } = claim;
  const headers = {
    'content-type': 'application/json',
    'user-agent': `AvatarForge-Webhooks/${version}`,
    ...signDelivery({ id, at: startedAt.getTime(), body, secrets }),
  };
  const known = { startedAt, request: { url, headers } };
  const durationMs = () => Math.round(performance.now() - began);
  try {
    const answer = await outbound.request({
      ...{ url, method: 'POST', headers, body, signal },
      ...{ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BODY_BYTES, maxRedirects: 0 },
    });
    return {
      attempt: { ...known, durationMs: durationMs(), ...toLogged(answer) },
      end: endAfter(claim, answer),
    };
  } catch (error) {
    signal.throwIfAborted();
    // What nobody foresaw may tell more than a client is to know, and is tried again like the rest.
    const message = error instanceof OutboundError ? error.message : 'It could not be sent.';
    const failed = { statusCode: null, error: message, response: null, timings: null };
    const end = { outcome: 'retry', waitMs: waitAfter(claim, null) } as const;
    return { attempt: { ...known, durationMs: durationMs(), ...failed }, end };
  }
}

function toLogged(answer: OutboundAnswer) {
  const { status, body, isTruncated, timings, address } = answer;
  const isRedirect = status >= 300 && status < 400;
  return {
    statusCode: status,
    error: isRedirect ? 'It answered with another address. Webhooks go where they are sent.' : null,
    response: {
      headers: toShortHeaders(answer.headers),
      // Postgres keeps no NUL in text.
      body: body.toString('utf8').replaceAll('\0', '\uFFFD'),
      is_truncated: isTruncated,
    },
    timings: {
      dns_ms: timings.dnsMs,
      connect_ms: timings.connectMs,
      first_byte_ms: timings.firstByteMs,
      total_ms: answer.totalMs,
      address,
    },
  };
}

function toShortHeaders(headers: Record<string, string>): Record<string, string> {
  const short = Object.entries(headers).slice(0, MAX_HEADERS);
  return Object.fromEntries(
    short.map(([name, value]) => [name, value.slice(0, MAX_HEADER_LENGTH)]),
  );
}

function endAfter(claim: DeliveryClaim, { status, headers }: OutboundAnswer): DeliveryEnd {
  const outcome = judgeAnswer(status);
  if (outcome !== 'retry') return { outcome };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], claim.at.getTime());
  return { outcome, waitMs: waitAfter(claim, retryAfterMs) };
}

function waitAfter({ turn }: DeliveryClaim, retryAfterMs: number | null): number | null {
  return nextWait({ tries: turn, retryAfterMs });
}
