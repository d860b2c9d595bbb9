import { open, type FileHandle } from 'node:fs/promises';
import { unreadable } from './refusals';

/** How many bytes of a file are in memory at once. */
export const WINDOW = 64 * 1024;

/** The bytes of a file, read by position. */
export interface ImageBytes {
  size: number;
  /**
   * `length` bytes, `WINDOW` at most, from `at` on. They are overwritten by the next read.
   * @throws AppError image_unreadable when the file ends before
   */
  read: (at: number, length: number) => Promise<Buffer>;
}

/** Opens the file `path` for as long as `work` goes on. */
export async function withImageBytes<T>(
  path: string,
  work: (image: ImageBytes) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await work({ size, read: readerOf(file) });
  } finally {
    await file.close();
  }
}

function readerOf(file: FileHandle): ImageBytes['read'] {
  const window = Buffer.alloc(WINDOW);
  let start = 0;
  let filled = 0;
  return async (at, length) => {
    if (at < start || at + length > start + filled) {
      ({ bytesRead: filled } = await file.read(window, 0, WINDOW, at));
      start = at;
    }
    if (length > filled) throw unreadable();
    return window.subarray(at - start, at - start + length);
  };
}
