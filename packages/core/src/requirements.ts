import { createHash } from 'node:crypto';
import { laneOf, type Graph } from './lanes';

/** Of shots that were queued before requirements were known: no instance is kept from them. */
export const UNKNOWN_REQUIREMENT = '';

/** How weights are kept. A field that names such a file names a model, whatever loader it belongs to. */
const MODEL_FILE = /\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx|pkl)$/i;

/** Fields that name a model also where the name is no file's, such as `pixel_space`. */
const MODEL_FIELDS =
  /(^|_)(ckpt|unet|vae|clip|lora|control_net|model|style_model|ipadapter)(_name|_file)\d*$|^clip_name\d+$/;

/**
 * What a graph needs of an instance, as a short hash of its lane, node classes and model files: graphs that differ in
 * prompt, seed and sizes alone need the same.
 */
export function requirementOf(graph: Graph): string {
  const nodes = Object.values(graph);
  const classes = nodes.map((node) => node.class_type);
  const models = nodes.flatMap((node) =>
    Object.entries(node.inputs)
      .filter(([field, value]) => isModel(field, value))
      .map(([field, file]) => JSON.stringify([node.class_type, field, file])),
  );
  const needs = [laneOf(graph), sortedOnce(classes), sortedOnce(models)];
  return createHash('sha256').update(JSON.stringify(needs)).digest('base64url').slice(0, 16);
}

function sortedOnce(names: string[]): string[] {
  return [...new Set(names)].sort();
}

function isModel(field: string, value: unknown): boolean {
  return typeof value === 'string' && (MODEL_FIELDS.test(field) || MODEL_FILE.test(value));
}
