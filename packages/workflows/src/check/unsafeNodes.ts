/**
 * Node classes of ComfyUI that read or write whole folders of the server by name: what others uploaded or made lies there,
 * and some of them join the name to a path without looking at it.
 */
const UNSAFE_CLASSES: ReadonlySet<string> = new Set([
  'LoadImageDataSetFromFolder',
  'LoadImageTextDataSetFromFolder',
  'LoadTrainingDataset',
  'SaveImageDataSetToFolder',
  'SaveImageTextDataSetToFolder',
  'SaveLoRA',
  'SaveTrainingDataset',
]);

/** Whether graphs may not have nodes of this class, wherever it is installed. */
export function isUnsafeClass(className: string): boolean {
  return UNSAFE_CLASSES.has(className);
}
