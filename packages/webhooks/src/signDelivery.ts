import { createHmac, sign } from 'node:crypto';
import { toKeyBytes, toPrivateKeyOrNull } from './secrets';

/** What is to be signed. */
export interface Unsigned {
  /** The same in every try. */
  id: string;
  /** When it is tried, Unix time in milliseconds. */
  at: number;
  body: string;
  /** Each signs: during a rotation there are two. */
  secrets: readonly string[];
}

/** The headers of Standard Webhooks 1.0.0 (its “signature scheme”): `webhook-id`, `webhook-timestamp` in seconds, `webhook-signature`. */
export function signDelivery({ id, at, body, secrets }: Unsigned): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const content = `${id}.${timestamp}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => signOne(secret, content)).join(' '),
  };
}

function signOne(secret: string, content: string): string {
  const privateKey = toPrivateKeyOrNull(secret);
  if (privateKey) return `v1a,${sign(null, Buffer.from(content), privateKey).toString('base64')}`;
  return `v1,${createHmac('sha256', toKeyBytes(secret)).update(content).digest('base64')}`;
}
