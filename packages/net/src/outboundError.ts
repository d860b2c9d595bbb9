/** Why a request did not come to a good end: code → what happened and what to do, fit for whoever gave the address. */
const MESSAGES = {
  bad_url: 'This is no address to send a request to.',
  insecure_scheme: 'Give an https address. An operator can allow http with OUTBOUND_ALLOW.',
  // The same words for both: whether a name exists inside is nobody's business.
  blocked_address:
    'This host has no public address. An operator can allow others with OUTBOUND_ALLOW.',
  dns_failed: 'This host has no public address. An operator can allow others with OUTBOUND_ALLOW.',
  connect_failed: 'The host takes no connection. Check the address and the port.',
  tls_failed: 'No secure connection could be made. Check the certificate of the host.',
  timeout: 'The host did not answer in time.',
  reset: 'The host broke the connection off before its answer was complete.',
  bad_answer: 'The answer is not valid HTTP/1.1, or its headers are larger than 16 KB.',
  too_large: 'The answer is larger than is taken.',
  too_many_redirects: 'The host redirects too often. Give the address it leads to.',
  aborted: 'The request was given up.',
} as const;

/** What kind of failure it was; for logs and programs, `message` for people. */
export type OutboundErrorCode = keyof typeof MESSAGES;

/** An outgoing request failed. `message` says nothing of addresses inside, and may be shown to whoever gave the URL. */
export class OutboundError extends Error {
  constructor(
    readonly code: OutboundErrorCode,
    { message = MESSAGES[code], cause }: { message?: string; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'OutboundError';
  }
}

/** The `code` of a system or library error; '' when there is none. */
export function errorCodeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
