import coreNodes from '../data/coreNodes.json';
import labNodes from '../data/labNodes.json';
import type { Folders } from '../files/folders';
import type { NodeDefinition } from './nodeDefinition';

export type NodeCatalog = Readonly<Record<string, NodeDefinition>>;

const recorded = { ...coreNodes, ...labNodes } as unknown as NodeCatalog;

function withOptions(definition: NodeDefinition, input: string, options: string[]): NodeDefinition {
  const required = { ...definition.input.required };
  const [, settings = {}] = required[input] ?? [''];
  required[input] = [options, settings];
  return { ...definition, input: { ...definition.input, required } };
}

/** Every node class the simulator knows, with the files of this moment in its lists. */
export async function readCatalog(
  folders: Folders,
  checkpoints: readonly string[],
): Promise<NodeCatalog> {
  const { CheckpointLoaderSimple: loader, LoadImage: loadImage, ...rest } = recorded;
  if (!loader || !loadImage) throw new Error('the node data lacks a loader');
  const files = await folders.inputFiles();
  return {
    ...rest,
    CheckpointLoaderSimple: withOptions(loader, 'ckpt_name', [...checkpoints].sort()),
    LoadImage: withOptions(loadImage, 'image', files),
  };
}

/** Whether a node class ends a graph: only these are run for their own sake. */
export function isOutputClass(classType: string): boolean {
  return recorded[classType]?.output_node === true;
}
