import { z } from 'zod';
import { LOG_LEVELS } from './logger';
import type { Secret } from './secret';
import { flag, secret } from './variables';

/** Where Postgres, Redis and object storage are: the same variables for the API and the worker. */
export const serviceVariables = {
  DATABASE_URL: secret().describe('Address of Postgres.'),
  REDIS_URL: secret().describe('Address of Redis.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .transform((url) => url?.replace(/\/+$/, '') ?? '')
    .describe(
      'Where clients reach the API: addresses in webhooks and email begin with it. Unset: they begin with a slash.',
    ),
  SMTP_URL: secret()
    .optional()
    .describe(
      'The server that email goes through, `smtp://user:password@host:port`; unset: none is sent.',
    ),
  OUTBOUND_ALLOW: z
    .string()
    .default('')
    .describe(
      'What webhooks and pictures by address may reach though it is not public, and by http: hosts, host:port, *.domain, networks, separated by commas.',
    ),
  STORAGE_PATH: z
    .string()
    .default('.avatarforge/storage')
    .describe('Folder of pictures, used when no S3_BUCKET is given.'),
  S3_ENDPOINT: z.url().optional().describe('Address of the S3 service; AWS when not given.'),
  S3_PUBLIC_ENDPOINT: z
    .url()
    .optional()
    .describe(
      'The same service as clients reach it, for uploads past the API; without it, where S3_ENDPOINT is given, there are none.',
    ),
  S3_REGION: z.string().default('us-east-1').describe('Region of the bucket.'),
  S3_BUCKET: z.string().optional().describe('Bucket of pictures; made when absent.'),
  S3_ACCESS_KEY_ID: secret().optional().describe('Key of the S3 service.'),
  S3_SECRET_ACCESS_KEY: secret().optional().describe('Secret of the S3 service.'),
  S3_FORCE_PATH_STYLE: flag()
    .default(true)
    .describe('The bucket stands in the path of addresses, not in the host.'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('How much is logged.'),
} as const;

/** The storage part of the variables, as `createStorage` takes it. */
export function toStorageConfig(config: {
  STORAGE_PATH: string;
  S3_ENDPOINT?: string | undefined;
  S3_PUBLIC_ENDPOINT?: string | undefined;
  S3_REGION: string;
  S3_BUCKET?: string | undefined;
  S3_ACCESS_KEY_ID?: Secret | undefined;
  S3_SECRET_ACCESS_KEY?: Secret | undefined;
  S3_FORCE_PATH_STYLE: boolean;
}) {
  return {
    root: config.STORAGE_PATH,
    endpoint: config.S3_ENDPOINT,
    publicEndpoint: config.S3_PUBLIC_ENDPOINT,
    region: config.S3_REGION,
    bucket: config.S3_BUCKET,
    accessKeyId: config.S3_ACCESS_KEY_ID?.reveal(),
    secretAccessKey: config.S3_SECRET_ACCESS_KEY?.reveal(),
    forcePathStyle: config.S3_FORCE_PATH_STYLE,
    createBucket: true,
  };
}
