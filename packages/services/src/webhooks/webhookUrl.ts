import { AppError } from '@avatarforge/core';
import type { Database } from '@avatarforge/db';

/** What endpoints with an address of their own depend on. */
export interface EndpointDeps {
  database: Database;
  /** Why no webhook may be sent to this address, or null when one may. */
  refuseWebhookUrl: (url: string) => string | null;
}

/** Throws {@link AppError} `validation_failed` for an address that nothing is sent to. */
export function requireWebhookUrl(
  { refuseWebhookUrl }: Pick<EndpointDeps, 'refuseWebhookUrl'>,
  url: string,
): void {
  const message = refuseWebhookUrl(url);
  if (message === null) return;
  throw new AppError('validation_failed', `/url: ${message}`, [{ pointer: '/url', message }]);
}
