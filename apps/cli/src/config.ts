import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { defineConfig, flag, integer, urlList, type Environment } from '@avatarforge/runtime';
import { z } from 'zod';

/** The root of the repository. */
export const ROOT_DIR = resolve(__dirname, '../../..');

/** The variables of `npm start`, which hands those of the others on to the API and the worker. */
export const StartVariables = z.object({
  PORT: integer({ min: 1, max: 65_535 }).default(8000).describe('Where the API listens.'),
  HOST: z.string().default('127.0.0.1').describe('The address the API listens on.'),
  AVATARFORGE_HOME: z
    .string()
    .default('.avatarforge')
    .describe('The folder for data and logs, relative to the repository.'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be postgresql://…' })
    .optional()
    .describe('A Postgres of yours; unset: one is started.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be redis://…' })
    .optional()
    .describe('A Redis of yours; unset: one is started.'),
  STORAGE_PATH: z
    .string()
    .optional()
    .describe('The folder for pictures; unset: inside AVATARFORGE_HOME.'),
  S3_BUCKET: z.string().optional().describe('A bucket for pictures, instead of a folder.'),
  COMFYUI_URLS: urlList()
    .optional()
    .describe('ComfyUI servers, separated by commas; unset: the built-in simulator.'),
  COMFYUI_URL: urlList().optional().describe('Another name for COMFYUI_URLS.'),
  AUTH: flag().default(false).describe('`on` asks every request for an API key.'),
  SECRET_KEY: z
    .string()
    .optional()
    .describe('What is signed is signed with this; unset: made and kept.'),
});

/** What `npm start` was told, with paths made absolute. */
export interface StartConfig {
  host: string;
  port: number;
  home: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** Undefined when pictures go to S3. */
  storageDir: string | undefined;
  comfyuiUrls: readonly string[];
  hasAuth: boolean;
  secretKey: string | undefined;
  /** All variables as they were given, for the child processes. */
  environment: Record<string, string>;
}

/** The variables given to this process, then those of `.env` for what is not given. */
export function readEnvironment(rootDir: string, given: Environment = process.env) {
  const file = join(rootDir, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const entries = [...Object.entries(fromFile), ...Object.entries(given)];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/**
 * Reads the configuration of `npm start`; an empty variable counts as unset.
 * @throws ConfigError naming every problem at once.
 */
export function readStartConfig(environment = readEnvironment(ROOT_DIR)): StartConfig {
  const values = defineConfig(StartVariables, environment);
  const home = resolve(ROOT_DIR, values.AVATARFORGE_HOME);
  const storagePath = resolve(ROOT_DIR, values.STORAGE_PATH ?? join(home, 'storage'));
  return {
    host: values.HOST,
    port: values.PORT,
    home,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    storageDir: values.S3_BUCKET === undefined ? storagePath : undefined,
    comfyuiUrls: values.COMFYUI_URLS ?? values.COMFYUI_URL ?? [],
    hasAuth: values.AUTH,
    secretKey: values.SECRET_KEY,
    environment,
  };
}

const TestVariables = z.object({
  TEST_DATABASE_URL: z.string().optional(),
  TEST_REDIS_URL: z.string().optional(),
  TEST_S3: z.literal('ceph', { error: 'must be ceph, or unset' }).optional(),
  TEST_S3_ENDPOINT: z.string().optional(),
});

const NO_S3 = 'storage on a real S3: set TEST_S3=ceph (Debian or Ubuntu) or TEST_S3_ENDPOINT';

/**
 * What `npm test` was told: servers to use instead of its own, whether it starts an S3 too, what it
 * has no server for, and all variables as given.
 * @throws ConfigError naming every problem at once.
 */
export function readTestConfig(environment = readEnvironment(ROOT_DIR)) {
  const given = defineConfig(TestVariables, environment);
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = given;
  const hasS3 = given.TEST_S3_ENDPOINT !== undefined;
  const startsS3 = !hasS3 && given.TEST_S3 === 'ceph';
  const notCollected = hasS3 || startsS3 ? [] : [NO_S3];
  return { databaseUrl, redisUrl, startsS3, notCollected, environment };
}

/** Whether npm runs us, through a shell that may end without telling us. */
export function isRunByNpm(): boolean {
  return process.env['npm_lifecycle_event'] !== undefined;
}
