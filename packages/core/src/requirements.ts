import { createHash } from 'node:crypto';
import { laneOf, type Graph } from './lanes';

/** Of shots that were queued before requirements were known: no instance is kept from them. */
export const UNKNOWN_REQUIREMENT = '';

/** How weights are kept. A field that names such a file names a model, whatever loader it belongs to. */
const MODEL_FILE = /\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx|pkl)$/i;

/**
 * What a graph needs of an instance, as a short hash of its lane, node classes and model files: graphs that differ in
 * prompt, seed and sizes alone need the same.
 */
export function requirementOf(graph: Graph): string {
  const nodes = Object.values(graph);
  const classes = nodes.map((node) => node.class_type);
  const models = nodes.flatMap((node) =>
    Object.entries(node.inputs)
      .filter(([, value]) => typeof value === 'string' && MODEL_FILE.test(value))
      .map(([field, file]) => JSON.stringify([node.class_type, field, file])),
  );
  const needs = [laneOf(graph), sortedOnce(classes), sortedOnce(models)];
  return createHash('sha256').update(JSON.stringify(needs)).digest('base64url').slice(0, 16);
}

function sortedOnce(names: string[]): string[] {
  return [...new Set(names)].sort();
}
