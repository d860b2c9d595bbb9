import type { Folders } from '../files/folders';
import type { ComfySimOptions } from '../options';
import { modelFiles, modelInputs } from './modelFiles';
import type { NodeCatalog, NodeDefinition } from './nodeDefinition';
import { nodePacks } from './nodePacks';

export type { NodeCatalog } from './nodeDefinition';

const fileInputs = [
  ['LoadImage', 'image'],
  ['LoadImageMask', 'image'],
] as const;

// A VAE without a file: the server offers it after the files.
const vaeOfPixels = 'pixel_space';

/** Every node class of the installed packs, with the files of this moment in its lists. */
export async function readCatalog(
  folders: Folders,
  options: Pick<ComfySimOptions, 'checkpoints' | 'models' | 'nodePacks'>,
): Promise<NodeCatalog> {
  const installed = options.nodePacks.map((name) => nodePacks[name]);
  const catalog = Object.fromEntries(installed.flatMap((nodes) => Object.entries(nodes)));
  const offer = (name: string, input: string, list: readonly string[]): void => {
    const definition = catalog[name];
    if (definition) catalog[name] = withList(definition, input, list);
  };
  const models = modelFiles(options);
  for (const [name, input, folder] of modelInputs) {
    const files = models[folder] ?? [];
    offer(name, input, folder === 'vae' ? [...files, vaeOfPixels] : files);
  }
  const files = await folders.inputFiles();
  for (const [name, input] of fileInputs) offer(name, input, files);
  return catalog;
}

/** A list stands where the type does, or, with newer nodes, among the options of a `COMBO`. */
function withList(
  definition: NodeDefinition,
  input: string,
  list: readonly string[],
): NodeDefinition {
  const [type, settings] = definition.input.required?.[input] ?? [''];
  const offered: NonNullable<NodeDefinition['input']['required']>[string] =
    type === 'COMBO'
      ? [type, { ...settings, options: [...list] }]
      : settings
        ? [[...list], settings]
        : [[...list]];
  const required = { ...definition.input.required, [input]: offered };
  return { ...definition, input: { ...definition.input, required } };
}

/** Whether a node class has an input of this name; those inside a dynamic one begin with its name and a dot. */
export function declaresInput(classType: string, name: string): boolean {
  const [outer = name] = name.split('.');
  return Object.values(nodePacks).some((nodes) => {
    const input = nodes[classType]?.input;
    return outer in { ...input?.required, ...input?.optional };
  });
}

/** Whether a node class ends a graph: only these are run for their own sake. */
export function isOutputClass(classType: string): boolean {
  return Object.values(nodePacks).some((nodes) => nodes[classType]?.output_node === true);
}
