import { z } from 'zod';
import { defaultOptions, type ComfySimOptions } from './options';

const number = (max: number) => z.coerce.number().int().min(0).max(max);
const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

/** Everything the simulator reads from its environment. */
export const ComfySimVariables = z.object({
  COMFY_SIM_HOST: z.string().default(defaultOptions.host).describe('The address it listens on.'),
  COMFY_SIM_PORT: number(65_535).default(defaultOptions.port).describe('Where it listens.'),
  COMFY_SIM_DIR: z
    .string()
    .default('.avatarforge/comfy-sim')
    .describe('Folder of input, output and temp.'),
  COMFY_SIM_STEP_MS: number(60_000)
    .default(defaultOptions.stepMs)
    .describe('Time of one sampling step.'),
  COMFY_SIM_LOAD_MS: number(600_000)
    .default(defaultOptions.loadMs)
    .describe('Time to bring a checkpoint into memory.'),
  COMFY_SIM_MODEL_MEMORY: number(1_000)
    .default(defaultOptions.modelMemory)
    .describe('Checkpoints that stay in memory.'),
  COMFY_SIM_CHECKPOINTS: list
    .default([...defaultOptions.checkpoints])
    .describe('Checkpoints it has, separated by commas.'),
  COMFY_SIM_HISTORY_GAP_MS: number(60_000)
    .default(defaultOptions.historyGapMs)
    .describe('Time between the message of success and the entry in history.'),
});

/**
 * Reads the options from environment variables; an empty one counts as unset.
 * Throws one Error that names every problem.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): ComfySimOptions {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = ComfySimVariables.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message}`,
    );
    throw new Error(`invalid configuration: ${problems.join('; ')}`);
  }
  const values = parsed.data;
  return Object.freeze({
    host: values.COMFY_SIM_HOST,
    port: values.COMFY_SIM_PORT,
    directory: values.COMFY_SIM_DIR,
    stepMs: values.COMFY_SIM_STEP_MS,
    loadMs: values.COMFY_SIM_LOAD_MS,
    modelMemory: values.COMFY_SIM_MODEL_MEMORY,
    checkpoints: values.COMFY_SIM_CHECKPOINTS,
    historyGapMs: values.COMFY_SIM_HISTORY_GAP_MS,
  });
}
