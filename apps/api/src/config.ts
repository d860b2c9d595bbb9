import { isIP } from 'node:net';
import {
  defineConfig,
  flag,
  LOG_LEVELS,
  port,
  secret,
  type Environment,
} from '@avatarforge/runtime';
import { z } from 'zod';

/** Everything the API reads from its environment. */
export const ApiConfig = z
  .object({
    PORT: port().default(8000).describe('Where the API listens.'),
    HOST: z.string().default('127.0.0.1').describe('The address the API listens on.'),
    DATABASE_URL: secret().describe('The Postgres to use.'),
    REDIS_URL: secret().describe('The Redis to use.'),
    STORAGE_PATH: z
      .string()
      .default('.avatarforge/storage')
      .describe('The folder of pictures, when there is no S3_BUCKET.'),
    S3_ENDPOINT: z.url().optional().describe('Address of the S3 service; that of AWS when absent.'),
    S3_REGION: z.string().default('us-east-1').describe('Region of the bucket.'),
    S3_BUCKET: z.string().optional().describe('The bucket of pictures; made when absent.'),
    S3_ACCESS_KEY_ID: secret().optional().describe('Key of the S3 service.'),
    S3_SECRET_ACCESS_KEY: secret().optional().describe('Secret of the S3 service.'),
    S3_FORCE_PATH_STYLE: flag()
      .default(true)
      .describe('Whether the bucket stands in the path of addresses, not in the host.'),
    AUTH: flag()
      .default(true)
      .describe('Whether callers need an API key; `off` only where HOST is a loopback address.'),
    LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('How much is logged.'),
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
