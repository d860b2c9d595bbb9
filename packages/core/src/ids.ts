import { randomBytes } from 'node:crypto';

/**
 * A new UUIDv7 (RFC 9562): canonical lower-case, ordered by time in milliseconds, 74 random bits.
 * `now` is Unix time in milliseconds.
 */
export function newId(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end)).join('-');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `text` is a canonical lower-case UUID. A malformed id is an unknown id. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
