import {
  createEndpoint,
  deleteEndpoint,
  getDelivery,
  getEndpoint,
  getEndpointSecret,
  listDeliveries,
  listEndpoints,
  pingEndpoint,
  redeliver,
  replay,
  rotateSecret,
  toEndpointSecret,
  updateEndpoint,
  type EndpointDeps,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toDelivery, toDeliveryStory } from '../presenters/delivery';
import { toWebhookEndpoint, toWebhookSecret } from '../presenters/webhookEndpoint';

type WebhookOperation =
  | 'createWebhookEndpoint'
  | 'listWebhookEndpoints'
  | 'getWebhookEndpoint'
  | 'updateWebhookEndpoint'
  | 'deleteWebhookEndpoint'
  | 'getWebhookSecret'
  | 'rotateWebhookSecret'
  | 'pingWebhookEndpoint'
  | 'replayDeliveries'
  | 'listDeliveries'
  | 'getDelivery'
  | 'redeliver';

const HOUR_MS = 3_600_000;

/** Native v1: who is told of events, and what became of it. */
export function webhookHandlers(deps: EndpointDeps): Pick<Handlers, WebhookOperation> {
  return {
    async createWebhookEndpoint({ ctx, body, res }) {
      const endpoint = await createEndpoint(deps, { ctx, input: body });
      const shown = toWebhookEndpoint(endpoint);
      res.location(shown.urls.self);
      return { ...shown, secret: toEndpointSecret(endpoint).secret };
    },

    async listWebhookEndpoints({ ctx, query }) {
      const { endpoints, nextCursor } = await listEndpoints(deps, { ctx, query });
      return {
        data: endpoints.map(toWebhookEndpoint),
        next_cursor: nextCursor,
        has_more: nextCursor !== null,
      };
    },

    async getWebhookEndpoint({ ctx, params }) {
      return toWebhookEndpoint(await getEndpoint(deps, { ctx, id: params.id }));
    },

    async updateWebhookEndpoint({ ctx, params, body }) {
      return toWebhookEndpoint(await updateEndpoint(deps, { ctx, id: params.id, change: body }));
    },

    async deleteWebhookEndpoint({ ctx, params }) {
      await deleteEndpoint(deps, { ctx, id: params.id });
      return undefined;
    },

    async getWebhookSecret({ ctx, params }) {
      return toWebhookSecret(await getEndpointSecret(deps, { ctx, id: params.id }));
    },

    async rotateWebhookSecret({ ctx, params, query }) {
      const overlapMs = query.overlap_hours * HOUR_MS;
      return toWebhookSecret(await rotateSecret(deps, { ctx, id: params.id, overlapMs }));
    },

    async pingWebhookEndpoint({ ctx, params, res }) {
      const delivery = toDelivery(await pingEndpoint(deps, { ctx, id: params.id }));
      res.location(delivery.urls.self);
      return delivery;
    },

    async replayDeliveries({ ctx, params, body }) {
      return { count: await replay(deps, { ctx, id: params.id, input: body }) };
    },

    async listDeliveries({ ctx, query }) {
      const { deliveries, nextCursor } = await listDeliveries(deps, { ctx, query });
      return {
        data: deliveries.map(toDelivery),
        next_cursor: nextCursor,
        has_more: nextCursor !== null,
      };
    },

    async getDelivery({ ctx, params }) {
      return toDeliveryStory(await getDelivery(deps, { ctx, id: params.id }));
    },

    async redeliver({ ctx, params }) {
      return toDelivery(await redeliver(deps, { ctx, id: params.id }));
    },
  };
}
