import type { Scope } from '@avatarforge/contracts';

const WORDS: Record<Scope, true> = {
  'generations:read': true,
  'generations:write': true,
  'files:read': true,
  'files:write': true,
};

/** All that a key can be allowed to do. */
export const ALL_SCOPES = Object.keys(WORDS) as Scope[];

/** Whether `word`, read from a row, is a scope. */
export function isScope(word: string): word is Scope {
  return Object.hasOwn(WORDS, word);
}
