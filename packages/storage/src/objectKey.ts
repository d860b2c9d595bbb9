import { randomBytes } from 'node:crypto';
import { InvalidObjectKeyError } from './errors';

const SEGMENT = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}';
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT})*$`);
const MAX_LENGTH = 1024;

/** @throws InvalidObjectKeyError unless `key` means the same to every store and leaves no folder. */
export function assertObjectKey(key: string): void {
  if (key.length > MAX_LENGTH || !KEY.test(key)) throw new InvalidObjectKeyError(key);
}

/** @throws InvalidObjectKeyError unless keys can begin with `prefix`; the empty one fits every key. */
export function assertObjectPrefix(prefix: string): void {
  if (prefix !== '') assertObjectKey(prefix.replace(/\/$/, ''));
}

/**
 * A key nobody has used before for the content with this SHA-256 (64 hex digits). Each upload takes a
 * key of its own, so that deleting an old copy can never hit a new one.
 */
export function newObjectKey(sha256: string): string {
  return `sha256/${sha256}/${randomBytes(8).toString('hex')}`;
}
