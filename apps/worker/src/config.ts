import {
  defineConfig,
  flag,
  integer,
  serviceVariables,
  urlList,
  type Environment,
} from '@avatarforge/runtime';
import { z } from 'zod';

/** Everything the worker reads from its environment. */
export const WorkerConfig = z.object({
  ...serviceVariables,
  CLEANUP_DAYS: integer({ min: 0, max: 365 })
    .default(30)
    .describe('Files that no generation needs are deleted when unused for so many days; 0: never.'),
  CLEANUP_DRY_RUN: flag()
    .default(false)
    .describe('The clean-up only says in the log what it would delete.'),
  EMAIL_FROM: z
    .string()
    .default('AvatarForge <avatarforge@localhost>')
    .describe('What letters say of their sender.'),
  COMFYUI_URLS: urlList()
    .optional()
    .describe(
      'The ComfyUI instances, separated by commas. Others can be added with POST /v1/instances; unset: only those.',
    ),
});
export type WorkerConfig = Readonly<z.output<typeof WorkerConfig>>;

/** The configuration of this process. @throws ConfigError */
export function readConfig(env: Environment = process.env): WorkerConfig {
  return defineConfig(WorkerConfig, env);
}
