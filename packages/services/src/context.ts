import type { Scope } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';

/** Who acts, and what they may do. The first argument of every verb. */
export interface ServiceContext {
  userId: string;
  scopes: readonly Scope[];
}

/** Throws {@link AppError} `insufficient_scope` unless the caller may do `scope`. */
export function requireScope(ctx: ServiceContext, scope: Scope): void {
  if (!ctx.scopes.includes(scope)) {
    throw new AppError(
      'insufficient_scope',
      `This needs the scope ${scope}. Use a key that has it.`,
    );
  }
}
