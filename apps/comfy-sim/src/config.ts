import { z } from 'zod';
import { parseFaults } from './faults/faultRequest';
import {
  comfyVersions,
  defaultOptions,
  nodePackNames,
  previewMethods,
  type ComfySimOptions,
} from './options';

const number = (max: number) => z.coerce.number().int().min(0).max(max);
const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

/** `name=ms,name=ms` */
const loadTimes = z
  .string()
  .regex(/^\s*([^=,]+=\s*\d+\s*(,|$))+$/, 'expected name=milliseconds,name=milliseconds')
  .transform((text) => list.parse(text).map((part) => part.split('=')))
  .transform((parts) =>
    Object.fromEntries(parts.map(([name = '', ms]) => [name.trim(), Number(ms)])),
  );

/** `folder=a,b;folder=c`; a folder without names has none. */
const modelLists = z
  .string()
  .regex(/^\s*(\w+=[^;=]*(;\s*|$))+$/, 'expected folder=name,name;folder=name')
  .transform((text) => text.split(';').map((part) => part.trim().split('=')))
  .transform((parts) => parts.filter(([folder]) => folder !== ''))
  .transform((parts) =>
    Object.fromEntries(parts.map(([folder = '', names = '']) => [folder, list.parse(names)])),
  );

const faults = z.string().transform((text, context) => {
  try {
    return parseFaults(JSON.parse(text));
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
});

/** Everything the simulator reads from its environment. */
export const ComfySimVariables = z.object({
  COMFY_SIM_VERSION: z
    .enum(comfyVersions)
    .default(defaultOptions.version)
    .describe('The ComfyUI whose protocol it speaks.'),
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
    .describe('Time to bring a checkpoint or diffusion model into memory.'),
  COMFY_SIM_LOAD_MS_BY_MODEL: loadTimes
    .optional()
    .describe('The same for single files, `name=ms,name=ms`.'),
  COMFY_SIM_MODEL_MEMORY: number(1_000)
    .default(defaultOptions.modelMemory)
    .describe('Checkpoints and diffusion models that stay in memory.'),
  COMFY_SIM_CHECKPOINTS: list
    .default([...defaultOptions.checkpoints])
    .describe('Checkpoints it has, separated by commas.'),
  COMFY_SIM_MODELS: modelLists
    .optional()
    .describe('Models of other folders, `folder=a,b;folder=c`; none after `=` takes them away.'),
  COMFY_SIM_NODE_PACKS: list
    .pipe(z.array(z.enum(nodePackNames)))
    .default([...nodePackNames])
    .describe('Node packs it has, separated by commas.'),
  COMFY_SIM_HISTORY_GAP_MS: number(60_000)
    .default(defaultOptions.historyGapMs)
    .describe('Time between the message of success and the entry in history.'),
  COMFY_SIM_RESPONSE_DELAY_MS: number(60_000)
    .default(defaultOptions.responseDelayMs)
    .describe('Time between a prompt’s way into the queue and the answer.'),
  COMFY_SIM_PREVIEW_METHOD: z
    .enum(previewMethods)
    .default(defaultOptions.previewMethod)
    .describe('Previews of steps that nobody asked for.'),
  COMFY_SIM_JOURNAL: z
    .string()
    .optional()
    .describe('A file that keeps what ran, so that a killed simulator can still tell.'),
  COMFY_SIM_FAULTS: faults
    .optional()
    .describe('What goes wrong from the start, a JSON list of faults.'),
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
    ...defaultOptions,
    version: values.COMFY_SIM_VERSION,
    host: values.COMFY_SIM_HOST,
    port: values.COMFY_SIM_PORT,
    directory: values.COMFY_SIM_DIR,
    stepMs: values.COMFY_SIM_STEP_MS,
    loadMs: values.COMFY_SIM_LOAD_MS,
    loadMsByModel: values.COMFY_SIM_LOAD_MS_BY_MODEL ?? {},
    modelMemory: values.COMFY_SIM_MODEL_MEMORY,
    checkpoints: values.COMFY_SIM_CHECKPOINTS,
    models: values.COMFY_SIM_MODELS ?? {},
    nodePacks: values.COMFY_SIM_NODE_PACKS,
    historyGapMs: values.COMFY_SIM_HISTORY_GAP_MS,
    responseDelayMs: values.COMFY_SIM_RESPONSE_DELAY_MS,
    previewMethod: values.COMFY_SIM_PREVIEW_METHOD,
    journal: values.COMFY_SIM_JOURNAL,
    faults: values.COMFY_SIM_FAULTS ?? [],
  });
}
