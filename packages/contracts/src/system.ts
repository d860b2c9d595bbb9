import { z } from 'zod';
import { InstanceHealth } from './instances';

/** Body of `GET /`. */
export const Welcome = z
  .object({
    message: z.string().describe('A greeting.'),
    version: z.string().describe('Version of the running service.'),
  })
  .meta({ id: 'Welcome' });

/** Body of `GET /health`. */
export const RootHealth = z
  .object({
    status: z.literal('healthy').describe('The API answers.'),
    message: z.string().describe('The same in words.'),
  })
  .meta({ id: 'RootHealth' });

/** Body of `GET /livez`. */
export const Liveness = z
  .object({ status: z.literal('alive').describe('The process turns.') })
  .meta({ id: 'Liveness' });

const check = z.enum(['ok', 'failed']);

/** Body of `GET /readyz`: 200 when `status` is `ready`, else 503 with the same shape. */
export const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']).describe('Whether it accepts work.'),
    checks: z
      .object({
        database: check.describe('Postgres answers, with all tables.'),
        storage: check.describe('Pictures can be stored.'),
        redis: check.describe('Workers can be rung.'),
      })
      .describe('Redis is told and does not count: without it work starts a second later.'),
    pool: z
      .object({
        workers: z.int().describe('Workers heard of in the last 5 seconds.'),
        instances_healthy: z.int().describe('ComfyUI instances that answer.'),
      })
      .describe('What draws the pictures.'),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof Readiness>;

const seconds = z.number().nullable();

/** Body of `GET /v1/stats`. */
export const Stats = z
  .object({
    queue: z
      .object({
        waiting: z.int().describe('Pictures that wait to be drawn.'),
        is_capped: z.boolean().describe('More wait: no more than 100,000 are counted.'),
        active: z.int().describe('Pictures given to an instance and not stored yet.'),
        oldest_wait_seconds: seconds.describe('How long the oldest has waited; null: none waits.'),
        lanes: z
          .array(
            z.object({
              lane: z.string().describe('A set of models; `none` for graphs without.'),
              waiting: z.int().describe('Pictures that wait for it.'),
              oldest_wait_seconds: z.number().describe('How long the oldest of them has waited.'),
            }),
          )
          .describe('By set of models, the longest queue first.'),
      })
      .describe('What waits.'),
    pool: z
      .object({
        workers: z.int().describe('Workers heard of in the last 5 seconds.'),
        instances: z
          .record(InstanceHealth, z.int())
          .describe('How many instances there are, by health.'),
        draining: z.int().describe('Instances that take no new work.'),
        busy: z.int().describe('Instances that draw at this moment.'),
      })
      .describe('What draws.'),
    storage: z
      .object({
        blobs: z.int().describe('Different contents that are kept.'),
        bytes: z.number().describe('What they take together.'),
        files: z.int().describe('Files of all users that name them.'),
        measured_at: z.iso
          .datetime()
          .describe('When that was counted, UTC; it is counted once a minute.'),
      })
      .describe('What is stored, by the books of the database.'),
  })
  .meta({ id: 'Stats' });
export type Stats = z.infer<typeof Stats>;
