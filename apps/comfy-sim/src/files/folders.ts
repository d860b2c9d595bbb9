import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

const folderTypes = ['input', 'output', 'temp'] as const;
export type FolderType = (typeof folderTypes)[number];

export function isFolderType(value: unknown): value is FolderType {
  return folderTypes.includes(value as FolderType);
}

/** Whether `path` is `root` or lies below it. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(root, way) === resolve(path);
}

/** Splits `name.png [temp]` into the name and the folder it names, if any. */
export function parseAnnotated(name: string): { name: string; type: FolderType | undefined } {
  const match = /^(.*)\[(input|output|temp)\]$/s.exec(name);
  if (!match) return { name, type: undefined };
  return { name: (match[1] ?? '').slice(0, -1), type: match[2] as FolderType };
}

/** The server's three folders. */
export class Folders {
  private readonly root: string;

  constructor(directory: string) {
    this.root = resolve(directory);
  }

  of(type: FolderType): string {
    return join(this.root, type);
  }

  /** Makes the folders; what a former run left in `temp/` is gone afterwards. */
  async prepare(): Promise<void> {
    await this.wipeTemp();
    for (const type of folderTypes) await mkdir(this.of(type), { recursive: true });
  }

  async wipeTemp(): Promise<void> {
    await rm(this.of('temp'), { recursive: true, force: true });
  }

  /** Names of the files directly in `input/`, sorted: what `LoadImage` offers. */
  async inputFiles(): Promise<string[]> {
    const entries = await readdir(this.of('input'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  }

  /** Path of an input file, possibly annotated with another folder; undefined when it escapes. */
  inputPath(annotated: string): string | undefined {
    const { name, type } = parseAnnotated(annotated);
    const folder = this.of(type ?? 'input');
    const path = resolve(folder, name);
    return isInside(folder, path) ? path : undefined;
  }

  inputExists(annotated: string): boolean {
    const path = this.inputPath(annotated);
    return path !== undefined && existsSync(path);
  }
}
