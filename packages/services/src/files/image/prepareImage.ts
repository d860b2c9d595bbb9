import { rename, rm, stat } from 'node:fs/promises';
import { AppError, DependencyError } from '@avatarforge/core';
import { takeTurns } from '@avatarforge/runtime';
import { drawAnew } from './decoding';
import { withImageBytes } from './imageBytes';
import { inspectImage, type ImageFacts } from './inspectImage';
import { isWhole, type Layout } from './layout';
import { readLayout } from './readLayout';
import type { ImageType } from './sniffImageType';
import { writeParts } from './writeParts';

const AT_ONCE = 2;

const inTurn = takeTurns(AT_ONCE);

/** A picture that is whole, and the file with what may be shown of it. */
export interface PreparedImage {
  mimeType: ImageType;
  /** Pixels, of the upright picture. */
  width: number;
  height: number;
  /** The file that was given when there is nothing to remove from it; else another, for the caller to remove. */
  servedPath: string;
  /** Bytes. */
  servedSize: number;
}

/**
 * Checks the picture in the file `path`, and sees to a copy of it that shows the same and tells nothing else. Where
 * that can be done, the pixels stay as they were encoded; they are drawn anew when they must be turned upright, or are
 * not gray or RGB with 8 bits a channel. The decoder never sees the metadata. What is served was decoded to the end.
 * Two pictures are in work at once, which bounds the memory; the others wait.
 * @throws AppError unsupported_media_type, image_unreadable, image_dimensions; then no file is left behind
 */
export function prepareImage(path: string): Promise<PreparedImage> {
  return inTurn(() => prepare(path));
}

async function prepare(path: string): Promise<PreparedImage> {
  const servedPath = `${path}.served`;
  const drawnPath = `${path}.drawn`;
  try {
    const { layout, barePath } = await removeMetadata(path, servedPath);
    const facts = await inspectImage(barePath);
    if (layout.orientation === 1 && facts.isPlain) return await prepared(barePath, facts);
    await ours(() => drawAnew(barePath, { ...layout, mimeType: facts.mimeType }, drawnPath));
    const drawn = await removeMetadata(drawnPath, servedPath);
    if (drawn.barePath === drawnPath) await rename(drawnPath, servedPath);
    return await prepared(servedPath, await inspectImage(servedPath));
  } catch (error) {
    await rm(servedPath, { force: true });
    throw error;
  } finally {
    await rm(drawnPath, { force: true });
  }
}

/** A picture that was decoded cannot be written: the disk is full, or the machine too busy. */
async function ours(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw cause instanceof AppError ? cause : new DependencyError('storage', true, { cause });
  }
}

/** The bare picture is in the file `path` itself when nothing is to be removed from it; else in the file `target`. */
function removeMetadata(
  path: string,
  target: string,
): Promise<{ layout: Layout; barePath: string }> {
  return withImageBytes(path, async (image) => {
    const layout = await readLayout(image);
    if (isWhole(layout.parts, image.size)) return { layout, barePath: path };
    await ours(() => writeParts(image, layout.parts, target));
    return { layout, barePath: target };
  });
}

async function prepared(path: string, facts: ImageFacts): Promise<PreparedImage> {
  const { mimeType, width, height } = facts;
  return { mimeType, width, height, servedPath: path, servedSize: (await stat(path)).size };
}
