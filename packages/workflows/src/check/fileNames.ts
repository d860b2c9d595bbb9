import { describe, finding, type Finding } from './graphIssue';
import type { NearestFinder } from './nearestFinder';
import type { InputDefinition } from './nodeInputs';

/** Types whose value is the name of a file in the input folder, though nothing else says so. */
const FILE_TYPES: readonly unknown[] = ['WEBCAM', 'AUDIO_RECORD', 'LOAD_3D'];
/** Where files of all owners are uploaded to, each under its hash. */
const UPLOADS = /^af(?:\/|$)/;

/** Whether the input names an uploaded file: a picture, a sound, a video. */
export function isUpload({ type, options }: InputDefinition): boolean {
  if (FILE_TYPES.includes(type)) return true;
  return Object.entries(options).some(
    ([name, value]) => name.endsWith('_upload') && value === true,
  );
}

/**
 * Judges the name of a file in the instance's input folder: `files`, or any when null. Other folders hold what others
 * made, and are closed.
 */
export function checkFileName(
  name: unknown,
  field: string,
  files: readonly unknown[] | null,
  nearest: NearestFinder,
): Finding | null {
  if (typeof name !== 'string') {
    return finding('wrong_type', name, `${field} takes the name of a file, not ${describe(name)}.`);
  }
  if (isUnsafe(name)) {
    const says = `“${describe(name)}” is not yours to read; upload a file and give its id.`;
    return finding('unsafe_name', name, says);
  }
  if (!files || files.includes(name.replace(/ \[input\]$/, ''))) return null;
  const near = nearest(
    name,
    files.filter((file) => typeof file === 'string'),
  );
  const says = `there is no uploaded file “${describe(name)}”; upload it and give its id.`;
  return { ...finding('missing_file', name, says), nearest: near };
}

/** Whether a name leads to what was uploaded for others. */
export function isOthersUpload(name: string): boolean {
  return UPLOADS.test(name);
}

function isUnsafe(name: string): boolean {
  return (
    isOthersUpload(name) ||
    name.includes('..') ||
    name.startsWith('/') ||
    name.includes('\\') ||
    name.includes('\0') ||
    name.endsWith('[output]') ||
    name.endsWith('[temp]')
  );
}
