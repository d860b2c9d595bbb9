import type { Scope } from '@avatarforge/contracts';
import type { UserRole } from '@avatarforge/db';

const WORDS: Record<Scope, true> = {
  'generations:read': true,
  'generations:write': true,
  'files:read': true,
  'files:write': true,
  'webhooks:read': true,
  'webhooks:write': true,
  admin: true,
};

/** All that a key can be allowed to do. */
export const ALL_SCOPES = Object.keys(WORDS) as Scope[];

/** Whether `word`, read from a row, is a scope. */
export function isScope(word: string): word is Scope {
  return Object.hasOwn(WORDS, word);
}

/** What a key of this role is allowed to do where nothing else is said. */
export function scopesOf(role: UserRole): Scope[] {
  return role === 'admin' ? ALL_SCOPES : ALL_SCOPES.filter((scope) => scope !== 'admin');
}
