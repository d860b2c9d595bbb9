import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findSavePlace } from '../files/saveName';
import { asciiJson, isObject } from '../json';
import type { NodeContext } from './nodeKind';

/** A file as a node shows it. */
export interface StoredFile {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: 'output' | 'temp';
}

export interface FileWish {
  readonly prefix: string;
  /** What follows the number: `_.webp`. */
  readonly ending: string;
  readonly type?: StoredFile['type'];
  /** Size of the picture, for `%width%` in the prefix. */
  readonly size?: { readonly width: number; readonly height: number };
}

const noSize = { width: 1, height: 1 };

/** Writes one file under the next free number; throws NodeFailure when it would leave its folder. */
export async function storeFile(
  content: Buffer | string,
  { prefix, ending, type = 'output', size = noSize }: FileWish,
  context: NodeContext,
): Promise<{ file: StoredFile; path: string }> {
  const place = await findSavePlace(context.folders.of(type), prefix, size);
  const filename = `${place.name}_${String(place.counter).padStart(5, '0')}${ending}`;
  const path = join(place.folder, filename);
  await writeFile(path, content);
  return { file: { filename, subfolder: place.subfolder, type }, path };
}

/** What ComfyUI writes into its files: the graph and what else came with the prompt. */
export function metadataOf(context: NodeContext): Record<string, string> {
  const info = context.extraData['extra_pnginfo'];
  const more = isObject(info) ? Object.entries(info) : [];
  return {
    prompt: asciiJson(context.graph),
    ...Object.fromEntries(more.map(([key, value]) => [key, asciiJson(value)])),
  };
}
