import type { CreateWebhookEndpoint } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { insertEndpoint, type EndpointRecord } from '@avatarforge/db';
import { newSecret } from '@avatarforge/webhooks';
import { requireScope, type ServiceContext } from '../context';
import { requireWebhookUrl, type EndpointDeps } from './webhookUrl';

const MOST = 50;

/**
 * An endpoint that is told of what happens from now on.
 * Throws {@link AppError} `validation_failed` for an address that nothing is sent to, `endpoint_limit` for one too many.
 */
export async function createEndpoint(
  deps: EndpointDeps,
  { ctx, input }: { ctx: ServiceContext; input: CreateWebhookEndpoint },
): Promise<EndpointRecord> {
  requireScope(ctx, 'webhooks:write');
  const { url, description, events, contact_email: contactEmail, signing } = input;
  requireWebhookUrl(deps, url);
  const secret = newSecret(signing);
  const endpoint = { ownerId: ctx.userId, url, description, events, contactEmail, signing, secret };
  const created = await insertEndpoint(deps.database, endpoint, MOST);
  if (created) return created;
  throw new AppError(
    'endpoint_limit',
    `You have ${MOST} endpoints. Delete one that you do not need.`,
  );
}
