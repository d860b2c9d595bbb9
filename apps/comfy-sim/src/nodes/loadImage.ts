import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Folders } from '../files/folders';
import { NodeFailure, type NodeKind } from './nodeKind';

export const loadImage: NodeKind = {
  async run(inputs, context) {
    const path = context.folders.inputPath(inputs.string('image')) ?? '';
    const { pixels, mask, width, height } = await decode(path);
    return {
      outputs: [
        { kind: 'picture', width, height, frames: [pixels] },
        { kind: 'mask', width, height, frames: [mask] },
      ],
    };
  },

  fingerprint: fingerprintOfFile,
};

/** The file's pixels, upright, and what its transparency hides. */
async function decode(path: string) {
  const file = sharp(path).autoOrient().toColourspace('srgb');
  try {
    const [{ data: pixels, info }, mask] = await Promise.all([
      file.clone().removeAlpha().raw().toBuffer({ resolveWithObject: true }),
      file.clone().ensureAlpha().extractChannel('alpha').negate().raw().toBuffer(),
    ]);
    return { pixels, mask, width: info.width, height: info.height };
  } catch {
    throw new NodeFailure('PIL.UnidentifiedImageError', `cannot identify image file '${path}'`);
  }
}

/** Hash of the file an input `image` names: another file under the same name is another input. */
export async function fingerprintOfFile(
  inputs: Readonly<Record<string, unknown>>,
  folders: Folders,
): Promise<string> {
  const { image } = inputs;
  const path = typeof image === 'string' ? folders.inputPath(image) : undefined;
  try {
    const content = await readFile(path ?? '');
    return createHash('sha256').update(content).digest('hex');
  } catch {
    // Without a file the node fails when it runs; its key must then match nothing, ever.
    return randomUUID();
  }
}
