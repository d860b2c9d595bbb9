import { isIP } from 'node:net';
import {
  defineConfig,
  flag,
  integer,
  port,
  serviceVariables,
  type Environment,
} from '@avatarforge/runtime';
import { z } from 'zod';

/** Everything the API reads from its environment. */
export const ApiConfig = z
  .object({
    PORT: port().default(8000).describe('Where the API listens.'),
    HOST: z.string().default('127.0.0.1').describe('The address the API listens on.'),
    ...serviceVariables,
    AUTH: flag()
      .default(true)
      .describe('Whether callers need an API key; `off` only where HOST is a loopback address.'),
    MAX_QUEUED_PER_USER: integer({ min: 1, max: 1_000_000 })
      .default(1000)
      .describe('Unfinished pictures of one user at which further requests of theirs are refused.'),
    DRAIN_MS: integer({ min: 0, max: 60_000 })
      .default(0)
      .describe(
        'Told to stop, the API goes on answering for so long while /readyz says 503: set it to more than a load balancer takes to notice.',
      ),
    NODE_ENV: z
      .enum(['production', 'development', 'test'])
      .default('production')
      .describe('Outside production every answer is checked against its schema.'),
  })
  .refine(({ AUTH, HOST }) => AUTH || isLoopback(HOST), {
    path: ['AUTH'],
    message: 'can be off only where HOST is a loopback address, such as 127.0.0.1',
    // Told along with the problems of other variables.
    when: ({ issues }) => issues.every(({ path }) => !['AUTH', 'HOST'].includes(String(path?.[0]))),
  });
export type ApiConfig = Readonly<z.output<typeof ApiConfig>>;

/** The configuration of this process. @throws ConfigError */
export function readConfig(env: Environment = process.env): ApiConfig {
  return defineConfig(ApiConfig, env);
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}
