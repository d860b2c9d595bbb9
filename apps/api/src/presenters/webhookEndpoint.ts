import type { WebhookEndpoint, WebhookSecret } from '@avatarforge/contracts';
import type { EndpointRecord } from '@avatarforge/db';
import type { EndpointSecret } from '@avatarforge/services';
import { webhookEndpointUrl } from './urls';

/** An endpoint as v1 shows it, without its secret. */
export function toWebhookEndpoint(endpoint: EndpointRecord): WebhookEndpoint {
  const { url, description, events, signing } = endpoint;
  const id = endpoint.isDefault ? 'default' : endpoint.id;
  return {
    ...{ id, url, description, events, signing },
    contact_email: endpoint.contactEmail,
    is_enabled: endpoint.disabledAt === null,
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    disabled_reason: endpoint.disabledReason,
    failing_since: endpoint.failingSince?.toISOString() ?? null,
    previous_secret_until: endpoint.previousUntil?.toISOString() ?? null,
    created_at: endpoint.createdAt.toISOString(),
    urls: { self: webhookEndpointUrl(id) },
  };
}

/** What a receiver verifies with, as v1 shows it. */
export function toWebhookSecret({ secret, previousUntil }: EndpointSecret): WebhookSecret {
  return { secret, previous_secret_until: previousUntil?.toISOString() ?? null };
}
