import { authenticate, type AuthenticateDeps, type ServiceContext } from '@avatarforge/services';

/** What a caller says of itself. */
export interface Credentials {
  /** The header of this name. */
  get(name: string): string | undefined;
}

/** Who sends this request; `null` when that cannot be said. */
export type Identify = (from: Credentials) => Promise<ServiceContext | null>;

/** Callers show an API key, as `Authorization: Bearer …` or as `X-API-Key`. */
export function identifyByApiKey(deps: AuthenticateDeps): Identify {
  return async (from) => {
    const key = apiKeyOf(from);
    return key === null ? null : await authenticate(deps, { key });
  };
}

/** Every caller is the one local user. */
export function identifyAs(ctx: ServiceContext): Identify {
  return () => Promise.resolve(ctx);
}

function apiKeyOf(from: Credentials): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(from.get('Authorization') ?? '');
  return bearer?.[1] ?? from.get('X-API-Key') ?? null;
}
