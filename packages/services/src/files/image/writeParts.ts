import { open, type FileHandle } from 'node:fs/promises';
import { WINDOW, type ImageBytes } from './imageBytes';
import type { Part } from './layout';

/** Writes these parts of `image`, and nothing else, to the file `path`, for its owner only to read. */
export async function writeParts(image: ImageBytes, parts: Part[], path: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for (const part of parts) await (part.bytes ? file.write(part.bytes) : copy(image, part, file));
  } finally {
    await file.close();
  }
}

async function copy(image: ImageBytes, { start, end }: Part, file: FileHandle): Promise<void> {
  for (let at = start; at < end; at += WINDOW) {
    await file.writeFile(await image.read(at, Math.min(WINDOW, end - at)));
  }
}
