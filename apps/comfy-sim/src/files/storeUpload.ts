import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, normalize, parse, resolve } from 'node:path';
import { isInside } from './folders';

export interface Upload {
  readonly filename: string;
  readonly content: Buffer;
  readonly subfolder: string;
  readonly overwrite: boolean;
}

/**
 * Stores an upload below `root` and returns the name it got: `name (1).ext` and so on when the
 * name is taken by other bytes. Returns undefined when the path leaves `root`.
 */
export async function storeUpload(root: string, upload: Upload): Promise<string | undefined> {
  const folder = resolve(root, normalize(upload.subfolder));
  if (!isInside(root, resolve(folder, upload.filename))) return undefined;
  await mkdir(folder, { recursive: true });
  const { dir, name, ext } = parse(upload.filename);
  let filename = upload.filename;
  for (let copy = 1; !upload.overwrite && existsSync(join(folder, filename)); copy += 1) {
    const present = await readFile(join(folder, filename));
    if (present.equals(upload.content)) return filename;
    filename = join(dir, `${name} (${copy})${ext}`);
  }
  await writeFile(join(folder, filename), upload.content);
  return filename;
}
