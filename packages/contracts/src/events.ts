import { z } from 'zod';
import { GENERATION_EVENTS, GenerationError, GenerationStatus, Output } from './generations';

/** Everything that webhooks tell of; `webhook.ping` only when asked to. */
export const WEBHOOK_EVENTS = [...GENERATION_EVENTS, 'batch.completed'] as const;

/** The name of an event that can be asked for. */
export const WebhookEvent = z.enum(WEBHOOK_EVENTS).meta({
  id: 'WebhookEvent',
  description: 'What happened.',
});
export type WebhookEvent = z.infer<typeof WebhookEvent>;

const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });

const envelope = {
  timestamp: moment().describe('When it happened.'),
};

/** An event of a generation, as webhooks and streams have it. It says what was so in that moment. */
export const GenerationEvent = z
  .object({
    type: z.enum(GENERATION_EVENTS).describe('What happened.'),
    ...envelope,
    data: z
      .object({
        id: z.uuid().describe('Name of the generation.'),
        seq: z
          .int()
          .describe('Counts the events of this generation; one with a lower number is older.'),
        status: GenerationStatus,
        batch_id: z.uuid().nullable().describe('The batch that it is part of.'),
        shots: z
          .object({
            total: z.int().describe('Pictures asked for.'),
            done: z.int().describe('Pictures stored so far.'),
          })
          .describe('How far it is.'),
        progress: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe('Share that is drawn; only of `generation.progress`.'),
        outputs: z.array(Output).describe('The pictures stored so far.'),
        error: GenerationError.nullable().describe('Why it failed.'),
        retry_of: z.uuid().nullable().describe('The generation that it repeats.'),
        created_at: moment().describe('When it was asked for.'),
        started_at: moment().nullable().describe('When the first picture was begun.'),
        finished_at: moment().nullable().describe('When it was over.'),
        urls: z.object({ self: z.string().describe('Where to look at it.') }).describe('Links.'),
      })
      .describe('The generation as it was then.'),
  })
  .meta({ id: 'GenerationEvent' });
export type GenerationEvent = z.infer<typeof GenerationEvent>;

/** A batch is over. */
export const BatchEvent = z
  .object({
    type: z.literal('batch.completed').describe('What happened.'),
    ...envelope,
    data: z
      .object({
        id: z.uuid().describe('Name of the batch.'),
        total: z.int().describe('Generations in it.'),
        completed: z.int().describe('Those that were completed.'),
        failed: z.int().describe('Those that failed.'),
        cancelled: z.int().describe('Those that were cancelled.'),
        generations: z
          .array(
            z.object({
              id: z.uuid().describe('Name of the generation.'),
              status: GenerationStatus,
            }),
          )
          .describe('All of them, in the order in which they were asked for.'),
        created_at: moment().describe('When it was asked for.'),
        finished_at: moment().describe('When the last of them was over.'),
        urls: z.object({ self: z.string().describe('Where to look at it.') }).describe('Links.'),
      })
      .describe('The batch as it was then.'),
  })
  .meta({ id: 'BatchEvent' });
export type BatchEvent = z.infer<typeof BatchEvent>;
