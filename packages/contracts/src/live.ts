import { z } from 'zod';
import { BatchEvent, GenerationEvent } from './events';
import { Generation } from './generations';

/** How many generations one WebSocket can name. */
export const MAX_WATCHED_GENERATIONS = 1000;

const eventId = z
  .string()
  .max(40)
  .describe('`id` of the last event that was received: what came after it is sent first.');

/** Query of the streams of server-sent events. */
export const StreamQuery = z.strictObject({
  previews: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Whether to send pictures of what is being drawn, where the instance makes them.'),
  last_event_id: eventId.optional().describe('As the header `Last-Event-ID`, which wins.'),
});

/** How far a picture is drawn. Such messages may be lost, and some are left out for slow readers. */
export const ProgressMessage = z
  .object({
    generation_id: z.uuid().describe('The generation that it belongs to.'),
    shot: z.int().describe('Which of its pictures, from 0.'),
    share: z.number().min(0).max(1).describe('How much of this picture is drawn; 1: all of it.'),
    node: z.string().nullable().describe('Id of the node of the graph that works.'),
    step: z.number().nullable().describe('The step that this node has done.'),
    steps: z.number().nullable().describe('How many it has.'),
    at: z.iso.datetime().describe('When it was so.'),
  })
  .meta({ id: 'ProgressMessage' });
export type ProgressMessage = z.infer<typeof ProgressMessage>;

/** A picture of what is being drawn. */
export const PreviewMessage = z
  .object({
    generation_id: z.uuid().describe('The generation that it belongs to.'),
    shot: z.int().describe('Which of its pictures, from 0.'),
    mime_type: z.string().describe('Kind of picture.').meta({ example: 'image/jpeg' }),
    image: z.string().describe('The picture, base64.'),
    at: z.iso.datetime().describe('When it was so.'),
  })
  .meta({ id: 'PreviewMessage' });
export type PreviewMessage = z.infer<typeof PreviewMessage>;

/** What a client may say on the WebSocket. */
export const SocketRequest = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('authenticate'),
    api_key: z.string().max(200).describe('First, where the key was not in a header.'),
  }),
  z.strictObject({
    type: z.literal('subscribe'),
    generation_ids: z.array(z.uuid()).max(MAX_WATCHED_GENERATIONS).optional(),
    all: z.literal(true).optional().describe('Everything of yours.'),
    last_event_id: eventId.optional(),
    previews: z.boolean().optional().describe('Holds for all subscriptions from now on.'),
  }),
  z.strictObject({
    type: z.literal('unsubscribe'),
    generation_ids: z.array(z.uuid()).max(MAX_WATCHED_GENERATIONS).optional(),
    all: z.literal(true).optional(),
  }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type SocketRequest = z.infer<typeof SocketRequest>;

const subject = {
  generation_ids: z.array(z.uuid()).optional(),
  all: z.literal(true).optional(),
};

/** What the WebSocket says. */
export const SocketMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('authenticated') }),
  z.object({ type: z.literal('subscribed'), ...subject }),
  z.object({ type: z.literal('unsubscribed'), ...subject }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('event'),
    id: z.string().describe('Send the last one as `last_event_id` after a break.'),
    event: z.union([GenerationEvent, BatchEvent]),
  }),
  z.object({ type: z.literal('snapshot'), id: z.string(), generation: Generation }),
  z.object({ type: z.literal('reset') }),
  z.object({ type: z.literal('progress'), progress: ProgressMessage }),
  z.object({ type: z.literal('preview'), preview: PreviewMessage }),
]);
export type SocketMessage = z.infer<typeof SocketMessage>;
