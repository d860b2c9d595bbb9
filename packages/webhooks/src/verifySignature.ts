import { createHmac, timingSafeEqual } from 'node:crypto';
import { toKeyBytes } from './secrets';

/** What was sent, and how it was signed. */
export interface Signed {
  /** `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature`, as they came. */
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
  body: Buffer;
}

/** A signature that is older than this, or comes from the future, is worth nothing. */
const TOLERANCE_S = 300;

/** Whether what was sent was signed with `secret` (`whsec_…`) lately, as Standard Webhooks has it (`v1`). `now`: Unix time in milliseconds. */
export function verifySignature(
  secret: string,
  { id, timestamp, signature, body }: Signed,
  now = Date.now(),
): boolean {
  if (id === undefined || !/^\d{1,12}$/.test(timestamp ?? '') || signature === undefined)
    return false;
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  const key = toKeyBytes(secret);
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signature.split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
