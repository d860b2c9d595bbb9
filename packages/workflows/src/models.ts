import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const Checkpoints = z.strictObject({ realistic: z.string().min(1), anime: z.string().min(1) });

const Models = z.strictObject({
  checkpoints: Checkpoints.extend({
    views: z
      .partialRecord(z.enum(['front', 'back', 'side', 'quarter']), Checkpoints.partial())
      .default({}),
  }),
  /** Files that workflows load unless told otherwise, by the name that manifests use. */
  models: z.record(z.string(), z.string().min(1)).default({}),
  negative_prompt: z.string().default(''),
});

/** The model files that workflows load, and the negative prompt of requests that give none. */
export type Models = z.infer<typeof Models>;

/** Reads `models.yaml` (default: the one at the root of the repository). Throws, naming file and field, when it is malformed. */
export function loadModels(file = join(__dirname, '../../../models.yaml')): Models {
  const models = Models.safeParse(parse(readFileSync(file, 'utf8')));
  if (models.success) return models.data;
  throw new Error(`${file} is malformed:\n${z.prettifyError(models.error)}`);
}

/** The checkpoint for a picture: by realism, and by view where the view has one of its own. */
export function checkpointFor(
  { checkpoints }: Models,
  realism: boolean,
  view: keyof Models['checkpoints']['views'] | null,
): string {
  const kind = realism ? 'realistic' : 'anime';
  return (view && checkpoints.views[view]?.[kind]) ?? checkpoints[kind];
}
