import { authenticate, type AuthenticateDeps, type ServiceContext } from '@avatarforge/services';
import type { Request } from 'express';

/** Who sends this request; `null` when that cannot be said. */
export type Identify = (req: Request) => Promise<ServiceContext | null>;

/** Callers show an API key, as `Authorization: Bearer …` or as `X-API-Key`. */
export function identifyByApiKey(deps: AuthenticateDeps): Identify {
  return async (req) => {
    const key = apiKeyOf(req);
    return key === null ? null : await authenticate(deps, { key });
  };
}

/** Every caller is the one local user. */
export function identifyAs(ctx: ServiceContext): Identify {
  return () => Promise.resolve(ctx);
}

function apiKeyOf(req: Request): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '');
  return bearer?.[1] ?? req.get('X-API-Key') ?? null;
}
