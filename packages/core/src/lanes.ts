import { createHash } from 'node:crypto';

/** A graph in ComfyUI's API format: node id → class and inputs. */
export type Graph = Record<
  string,
  { class_type: string; inputs: Record<string, unknown>; _meta?: { title: string } }
>;

/** Inputs that name a heavy model file, by loader class. */
const HEAVY_INPUTS: Record<string, readonly string[]> = {
  CheckpointLoaderSimple: ['ckpt_name'],
  UNETLoader: ['unet_name'],
};

/** Lane of graphs that load nothing heavy: warm everywhere. */
export const NO_LANE = 'none';
/** Lane of graphs whose loader inputs are links and so not known in advance: no affinity. */
export const DYNAMIC_LANE = 'dynamic';

/** The heavy models a graph needs, sorted; `null` when one is fed by a link. */
export function heavyModels(graph: Graph): string[] | null {
  const names: unknown[] = Object.values(graph).flatMap((node) =>
    (HEAVY_INPUTS[node.class_type] ?? []).map((input) => node.inputs[input]),
  );
  const models = names.filter((name) => typeof name === 'string');
  return models.length === names.length ? [...new Set(models)].sort() : null;
}

/** The lane of a graph: a short hash of its heavy models, after a readable label. */
export function laneOf(graph: Graph): string {
  const models = heavyModels(graph);
  if (!models) return DYNAMIC_LANE;
  if (models.length === 0) return NO_LANE;
  const hash = createHash('sha256').update(models.join('\n')).digest('hex').slice(0, 8);
  const label = models
    .join('+')
    .replace(/\.\w+$/, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(0, 40);
  return `${label}-${hash}`;
}
