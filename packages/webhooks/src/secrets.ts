import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto';

/** How deliveries are signed: `v1` by a shared secret (HMAC-SHA256), `v1a` by a private key (ed25519). */
export type Signing = 'v1' | 'v1a';

const SECRET = 'whsec_';
const PRIVATE_KEY = 'whsk_';
const PUBLIC_KEY = 'whpk_';
const KEY_BYTES = 32;
/** What comes before the 32 bytes of an ed25519 key in PKCS#8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A new secret, as it is kept: `whsec_…` or `whsk_…`. */
export function newSecret(signing: Signing): string {
  const bytes = randomBytes(KEY_BYTES).toString('base64');
  return (signing === 'v1' ? SECRET : PRIVATE_KEY) + bytes;
}

/** What the receiver is given to verify with: the secret itself, or the public key (`whpk_…`) of a private one. */
export function verifierOf(secret: string): string {
  if (!secret.startsWith(PRIVATE_KEY)) return secret;
  const { x = '' } = createPublicKey(toPrivateKey(secret)).export({ format: 'jwk' });
  return PUBLIC_KEY + Buffer.from(x, 'base64url').toString('base64');
}

/** The bytes of `whsec_…`. */
export function toKeyBytes(secret: string): Buffer {
  return Buffer.from(secret.replace(SECRET, ''), 'base64');
}

/** Null for a secret that is no private key. */
export function toPrivateKeyOrNull(secret: string): KeyObject | null {
  return secret.startsWith(PRIVATE_KEY) ? toPrivateKey(secret) : null;
}

function toPrivateKey(secret: string): KeyObject {
  const seed = Buffer.from(secret.slice(PRIVATE_KEY.length), 'base64');
  const key = Buffer.concat([PKCS8_HEAD, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
