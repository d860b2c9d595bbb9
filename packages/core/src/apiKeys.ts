import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'af_';
const SECRET_BYTES = 24;
const CHECKSUM_LENGTH = 6;
const SHOWN_LENGTH = PREFIX.length + 6;
const KEY = /^af_[A-Za-z0-9_-]{32}[0-9a-f]{6}$/;

/** A new API key: `af_`, 192 random bits, and a checksum by which scanners know it offline. */
export function newApiKey(): string {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return PREFIX + secret + checksum(secret);
}

/** Whether `text` is a key that {@link newApiKey} could have made; needs no database. */
export function isApiKey(text: string): boolean {
  const secret = text.slice(PREFIX.length, -CHECKSUM_LENGTH);
  return KEY.test(text) && text.endsWith(checksum(secret));
}

/** What is stored of a key: SHA-256, hexadecimal. A fast hash is right for 192 random bits. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The start of a key, by which its owner recognises it. */
export function shownPrefix(key: string): string {
  return key.slice(0, SHOWN_LENGTH);
}

function checksum(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, CHECKSUM_LENGTH);
}
