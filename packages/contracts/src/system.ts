import { z } from 'zod';

export const Welcome = z
  .object({ message: z.string(), version: z.string() })
  .meta({ id: 'Welcome' });

export const RootHealth = z
  .object({ status: z.literal('healthy'), message: z.string() })
  .meta({ id: 'RootHealth' });

export const Liveness = z.object({ status: z.literal('alive') }).meta({ id: 'Liveness' });

const check = z.enum(['ok', 'failed']);

/** Body of `GET /readyz`: 200 when `status` is `ready`, else 503 with the same shape. */
export const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z
      .object({ database: check, storage: check, redis: check })
      .describe('Redis is told and does not count: without it work starts a second later.'),
    pool: z.object({
      workers: z.int().describe('Workers heard of in the last 5 seconds.'),
      instances_healthy: z.int().describe('ComfyUI instances that answer.'),
    }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof Readiness>;
