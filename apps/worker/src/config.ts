import { defineConfig, serviceVariables, urlList, type Environment } from '@avatarforge/runtime';
import { z } from 'zod';

/** Everything the worker reads from its environment. */
export const WorkerConfig = z.object({
  ...serviceVariables,
  COMFYUI_URLS: urlList().describe('The ComfyUI instances, separated by commas.'),
});
export type WorkerConfig = Readonly<z.output<typeof WorkerConfig>>;

/** The configuration of this process. @throws ConfigError */
export function readConfig(env: Environment = process.env): WorkerConfig {
  return defineConfig(WorkerConfig, env);
}
