import { z } from 'zod';

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
