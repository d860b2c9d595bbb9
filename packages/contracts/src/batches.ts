import { z } from 'zod';
import { callbacks, CreateGeneration, GenerationStatus } from './generations';

const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });

/** Body of `POST /v1/batches`. */
export const CreateBatch = z
  .strictObject({
    generations: z
      .array(CreateGeneration)
      .min(1)
      .max(100)
      .describe('What to draw. Each is asked for as with `POST /v1/generations`.'),
    webhook_url: callbacks.webhook_url.describe(
      'Is told once, with `batch.completed`, when the last of them is over; signed with the secret of your endpoint ' +
        '`default`.',
    ),
    notify_email: callbacks.notify_email.describe(
      'Is sent one letter when the last of them is over.',
    ),
  })
  .meta({
    id: 'CreateBatch',
    example: {
      generations: [{ prompt: 'a warrior in blue armour' }, { prompt: 'a warrior in red armour' }],
    },
  });
export type CreateBatch = z.infer<typeof CreateBatch>;

/** Generations that were asked for together. */
export const Batch = z
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
          urls: z.object({ self: z.string().describe('Where to look at it.') }).describe('Links.'),
        }),
      )
      .describe('In the order in which they were asked for, without those that you deleted.'),
    created_at: moment().describe('When it was asked for.'),
    finished_at: moment().nullable().describe('When the last of them was over.'),
    urls: z.object({ self: z.string().describe('Where to look at it again.') }).describe('Links.'),
  })
  .meta({ id: 'Batch' });
export type Batch = z.infer<typeof Batch>;

/** Path of one batch. */
export const BatchParams = z.object({ id: z.string().describe('Name of the batch.') });
