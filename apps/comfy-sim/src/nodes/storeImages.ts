import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findSavePlace, savedName } from '../files/saveName';
import { encodePng } from '../pictures/png';
import type { Picture } from '../pictures/picture';
import type { NodeContext, NodeResult } from './nodeKind';
import { metadataOf } from './storeFile';

/** Writes every picture of a batch as PNG and shows the files. */
export async function storeImages(
  picture: Picture,
  target: { type: 'output' | 'temp'; prefix: string },
  context: NodeContext,
): Promise<NodeResult> {
  const root = context.folders.of(target.type);
  const place = await findSavePlace(root, target.prefix, picture);
  const images = [];
  for (const [index, frame] of picture.frames.entries()) {
    const filename = savedName(place.name, place.counter + index, index);
    const png = await encodePng(picture, frame, metadataOf(context));
    await writeFile(join(place.folder, filename), png);
    images.push({ filename, subfolder: place.subfolder, type: target.type });
  }
  return { outputs: [picture], ui: { images } };
}
