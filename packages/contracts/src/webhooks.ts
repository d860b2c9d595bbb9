import { z } from 'zod';
import { WEBHOOK_EVENTS, WebhookEvent } from './events';
import { isPlain, plainText } from './plainText';

const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });
const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Size of a page.'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before.'),
};
const pageEnd = {
  next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page.'),
  has_more: z.boolean().describe('Whether there is a next page.'),
};

const ENDPOINT_ID = 'Name of the endpoint; `default` is the one for `webhook_url` of generations.';

const url = () =>
  z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(isPlain, 'Has characters that are not text.')
    .describe('Where it is told, by POST. http only where the operator allows it.')
    .meta({ example: 'https://example.com/avatars' });
const description = () => plainText().max(500).describe('For people.');
const events = () =>
  z
    .array(WebhookEvent)
    .max(WEBHOOK_EVENTS.length)
    .describe('What it is told of; none: all but `generation.progress`.');
const contactEmail = () =>
  z.email().max(254).nullable().describe('Is written to when the endpoint is disabled.');
const Signing = z
  .enum(['v1', 'v1a'])
  .describe(
    '`v1`: HMAC-SHA256 with a secret of both sides. `v1a`: ed25519, verified by a public key.',
  );

/** Where a client is told of events. */
export const WebhookEndpoint = z
  .object({
    id: z.string().describe(ENDPOINT_ID),
    url: z.string().nullable().describe('Where it is told; null for `default`.'),
    description: z.string().describe('For people.'),
    events: z
      .array(z.string())
      .describe('What it is told of; none: all but `generation.progress`.'),
    contact_email: z.string().nullable().describe('Is written to when the endpoint is disabled.'),
    signing: Signing,
    is_enabled: z.boolean().describe('Whether it is told anything.'),
    disabled_at: moment().nullable().describe('Since when it is told nothing.'),
    disabled_reason: z.string().nullable().describe('Why.'),
    failing_since: moment()
      .nullable()
      .describe('Since when nothing was taken; after five days it is disabled.'),
    previous_secret_until: moment()
      .nullable()
      .describe('Until then the secret before signs, too; null: only one does.'),
    created_at: moment().describe('When it was created.'),
    urls: z.object({ self: z.string().describe('Where to look at it again.') }).describe('Links.'),
  })
  .meta({ id: 'WebhookEndpoint' });
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

const secret = z
  .string()
  .describe('To verify with: `whsec_…`; with `v1a` the public key `whpk_…`.');

/** An endpoint, and what its receiver verifies with. */
export const CreatedWebhookEndpoint = WebhookEndpoint.extend({ secret }).meta({
  id: 'CreatedWebhookEndpoint',
});

/** What a receiver verifies with. */
export const WebhookSecret = z
  .object({
    secret,
    previous_secret_until: moment()
      .nullable()
      .describe('Until then the secret before signs, too; null: only this one does.'),
  })
  .meta({ id: 'WebhookSecret' });
export type WebhookSecret = z.infer<typeof WebhookSecret>;

/** Body of `POST /v1/webhook-endpoints`. */
export const CreateWebhookEndpoint = z
  .strictObject({
    url: url(),
    description: description().default(''),
    events: events().default([]),
    contact_email: contactEmail().default(null),
    signing: Signing.default('v1'),
  })
  .meta({
    id: 'CreateWebhookEndpoint',
    example: { url: 'https://example.com/avatars', events: ['generation.completed'] },
  });
export type CreateWebhookEndpoint = z.infer<typeof CreateWebhookEndpoint>;

/** Body of `PATCH /v1/webhook-endpoints/{id}`. */
export const UpdateWebhookEndpoint = z
  .strictObject({
    url: url().optional(),
    description: description().optional(),
    events: events().optional(),
    contact_email: contactEmail().optional(),
    is_enabled: z
      .boolean()
      .optional()
      .describe('False: what it is to be told is held. True: it is told what comes from now on.'),
  })
  .meta({ id: 'UpdateWebhookEndpoint', example: { is_enabled: true } });
export type UpdateWebhookEndpoint = z.infer<typeof UpdateWebhookEndpoint>;

/** Path of one endpoint. */
export const WebhookEndpointParams = z.object({ id: z.string().describe(ENDPOINT_ID) });

/** Query of `GET /v1/webhook-endpoints`. */
export const ListWebhookEndpoints = z.strictObject(page);
export type ListWebhookEndpoints = z.infer<typeof ListWebhookEndpoints>;

/** A page of endpoints, newest first, without `default`. */
export const WebhookEndpointPage = z
  .object({ data: z.array(WebhookEndpoint).describe('Newest first.'), ...pageEnd })
  .meta({ id: 'WebhookEndpointPage' });

const MAX_OVERLAP_HOURS = 7 * 24;

/** Query of `POST /v1/webhook-endpoints/{id}/rotate-secret`. */
export const RotateWebhookSecret = z.strictObject({
  overlap_hours: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_OVERLAP_HOURS)
    .default(24)
    .describe('For so long the secret before signs, too.'),
});

const DeliveryStatus = z
  .enum(['pending', 'succeeded', 'failed', 'held'])
  .describe(
    '`pending`: it is tried again at `next_at`. `succeeded`: it was taken. `failed`: it was tried to the end. `held`: ' +
      'its endpoint is disabled.',
  );

/** One event for one endpoint. */
export const Delivery = z
  .object({
    id: z.uuid().describe('The `webhook-id` of every try.'),
    endpoint_id: z.string().describe(ENDPOINT_ID),
    url: z.string().describe('Where it is sent.'),
    event: z.string().describe('What happened.').meta({ example: 'generation.completed' }),
    generation_id: z.uuid().nullable().describe('To which generation.'),
    batch_id: z.uuid().nullable().describe('To which batch.'),
    status: DeliveryStatus,
    tries: z.int().describe('How often it was tried.'),
    next_at: moment().nullable().describe('When it is tried next.'),
    created_at: moment().describe('When the event was relayed.'),
    finished_at: moment().nullable().describe('When it was taken, or given up.'),
    urls: z.object({ self: z.string().describe('Where to look at it again.') }).describe('Links.'),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

const headers = z.record(z.string(), z.string());

/** One POST. */
const DeliveryAttempt = z
  .object({
    number: z.int().describe('Counts from 1.'),
    started_at: moment().describe('When it was sent.'),
    duration_ms: z.int().describe('Until the answer was there, or given up.'),
    status_code: z.int().nullable().describe('What the receiver answered; null: nothing.'),
    error: z.string().nullable().describe('Why it failed, where the status does not say it.'),
    request: z
      .object({
        url: z.string().describe('Where it was sent.'),
        headers: headers.describe('As they were sent, signature included.'),
      })
      .describe('What was sent, beside the body.'),
    response: z
      .object({
        headers: headers.describe('The first 50, each cut after 500 characters.'),
        body: z.string().describe('Its first 4 KB, as text.'),
        is_truncated: z.boolean().describe('Whether there was more of it.'),
      })
      .nullable()
      .describe('What was answered.'),
    timings: z
      .record(z.string(), z.union([z.number(), z.string()]).nullable())
      .nullable()
      .describe('Where the time went, in milliseconds, and the address that was dialled.'),
  })
  .meta({ id: 'DeliveryAttempt' });

/** A delivery with all that was said of it. */
export const DeliveryStory = Delivery.extend({
  body: z.string().describe('What is sent, to the byte.'),
  attempts: z.array(DeliveryAttempt).describe('All tries, the first first.'),
}).meta({ id: 'DeliveryStory' });
export type DeliveryStory = z.infer<typeof DeliveryStory>;

/** Path of one delivery. */
export const DeliveryParams = z.object({ id: z.string().describe('Name of the delivery.') });

/** Query of `GET /v1/deliveries`. */
export const ListDeliveries = z.strictObject({
  endpoint_id: z.string().max(100).optional().describe('Only those for this endpoint.'),
  generation_id: z.uuid().optional().describe('Only those of this generation.'),
  event: z
    .enum([...WEBHOOK_EVENTS, 'webhook.ping'])
    .optional()
    .describe('Only this event.'),
  status: DeliveryStatus.optional().describe('Only those in this state.'),
  ...page,
});
export type ListDeliveries = z.infer<typeof ListDeliveries>;

/** A page of deliveries, newest first. */
export const DeliveryPage = z
  .object({ data: z.array(Delivery).describe('Newest first.'), ...pageEnd })
  .meta({ id: 'DeliveryPage' });

/** Body of `POST /v1/webhook-endpoints/{id}/replay`. */
export const ReplayDeliveries = z
  .strictObject({
    from: moment().describe('Those made at this moment or later.'),
    to: moment().describe('Those made at this moment or before.'),
    statuses: z
      .array(z.enum(['succeeded', 'failed', 'held']))
      .min(1)
      .max(3)
      .default(['failed', 'held'])
      .describe('Which of them.'),
  })
  .refine(({ from, to }) => Date.parse(from) <= Date.parse(to), {
    path: ['to'],
    message: 'Give a moment that is not before `from`.',
  })
  .meta({
    id: 'ReplayDeliveries',
    example: { from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' },
  });
export type ReplayDeliveries = z.infer<typeof ReplayDeliveries>;

/** How much is sent again. */
export const Replayed = z
  .object({
    count: z.int().describe('So many are sent again: the oldest, 10,000 at most.'),
  })
  .meta({ id: 'Replayed' });
