import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, normalize, resolve, sep } from 'node:path';
import { NodeFailure } from '../nodes/nodeKind';
import { isInside } from './folders';

export interface SavePlace {
  readonly folder: string;
  readonly subfolder: string;
  readonly name: string;
  /** Number of the first file that may be written. */
  readonly counter: number;
}

/**
 * Where files of a prefix go, and with which number: one more than the highest there is now.
 * The prefix may hold folders and `%year%`-like words. Throws NodeFailure when it leaves `root`.
 */
export async function findSavePlace(
  root: string,
  prefix: string,
  size: { width: number; height: number },
): Promise<SavePlace> {
  const path = normalize(fillWords(prefix, size));
  const subfolder = dirname(path) === '.' ? '' : dirname(path);
  const name = basename(path);
  const folder = resolve(root, subfolder);
  if (!isInside(root, folder)) {
    const text = '**** ERROR: Saving image outside the output folder is not allowed.';
    const paths = `output_dir: ${root}\n         commonpath: ${commonPath(root, folder)}`;
    const details = `full_output_folder: ${folder}\n         ${paths}`;
    throw new NodeFailure('Exception', `${text}\n ${details}`);
  }
  await mkdir(folder, { recursive: true });
  const taken = (await readdir(folder)).map((file) => numberOf(file, name));
  const counter = Math.max(0, ...taken) + 1;
  return { folder, subfolder: subfolder.replaceAll(sep, '/'), name, counter };
}

function commonPath(a: string, b: string): string {
  const others = b.split(sep);
  const parts = a.split(sep);
  const end = parts.findIndex((part, index) => part !== others[index]);
  return parts.slice(0, end < 0 ? parts.length : end).join(sep) || sep;
}

/** `<prefix>_<counter, five digits>_.png`. */
export function savedName(name: string, counter: number, batchNumber: number): string {
  const prefix = name.replaceAll('%batch_num%', String(batchNumber));
  return `${prefix}_${String(counter).padStart(5, '0')}_.png`;
}

function numberOf(file: string, name: string): number {
  if (!file.startsWith(`${name}_`)) return 0;
  const digits = /^\d+/.exec(file.slice(name.length + 1));
  return digits ? Number(digits[0]) : 0;
}

function fillWords(prefix: string, size: { width: number; height: number }): string {
  const now = new Date();
  const words: Record<string, number> = {
    width: size.width,
    height: size.height,
    year: now.getFullYear(),
    month: now.getMonth() + 1,
    day: now.getDate(),
    hour: now.getHours(),
    minute: now.getMinutes(),
    second: now.getSeconds(),
  };
  return prefix.replaceAll(/%(\w+)%/g, (whole, word: string) => {
    const value = words[word];
    if (value === undefined) return whole;
    return word === 'width' || word === 'height' ? String(value) : String(value).padStart(2, '0');
  });
}
