import type { UpdateWebhookEndpoint } from '@avatarforge/contracts';
import { isId } from '@avatarforge/core';
import {
  updateEndpoint as changeEndpoint,
  type EndpointChange,
  type EndpointRecord,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { noEndpoint } from './getEndpoint';
import { requireWebhookUrl, type EndpointDeps } from './webhookUrl';

/**
 * Changes what is given, and nothing else. Disabled, what an endpoint is to be told is held; enabling it sends nothing of that.
 * Throws {@link AppError} `not_found`, for `default` too, and `validation_failed` for an address that nothing is sent to.
 */
export async function updateEndpoint(
  deps: EndpointDeps,
  { ctx, id, change }: { ctx: ServiceContext; id: string; change: UpdateWebhookEndpoint },
): Promise<EndpointRecord> {
  requireScope(ctx, 'webhooks:write');
  if (change.url !== undefined) requireWebhookUrl(deps, change.url);
  const where = { id, ownerId: ctx.userId };
  const updated = isId(id) ? await changeEndpoint(deps.database, where, toChange(change)) : null;
  if (!updated) throw noEndpoint();
  return updated;
}

function toChange(change: UpdateWebhookEndpoint): EndpointChange {
  const { url, description, events, contact_email: contactEmail, is_enabled: isEnabled } = change;
  return {
    ...(url !== undefined && { url }),
    ...(description !== undefined && { description }),
    ...(events && { events }),
    ...(contactEmail !== undefined && { contactEmail }),
    isEnabled,
  };
}
