import type { Folders } from '../files/folders';
import { isLink, type GraphNode } from '../graph';
import { PythonError, typeName } from '../python';
import type { Reason } from './reason';

/** The input that a node class checks itself, in place of the ordinary checks. */
const ownInputs: Readonly<Record<string, string>> = {
  LoadImage: 'image',
  LoadImageMask: 'image',
  LoadImageOutput: 'image',
};

export function checksItself(classType: string, input: string): boolean {
  return ownInputs[classType] === input;
}

/** What a node class says of its inputs. Throws PythonError where its code would raise. */
export function runOwnCheck({ class_type, inputs }: GraphNode, folders: Folders): Reason[] {
  const name = ownInputs[class_type];
  if (name === undefined) return [];
  const given = inputs[name];
  if (given === undefined) {
    const text = `${class_type}.VALIDATE_INPUTS() missing 1 required positional argument: '${name}'`;
    throw new PythonError('TypeError', text);
  }
  // What a link will bring is not known yet.
  const value = isLink(given) ? null : given;
  if (typeof value !== 'string') {
    const text = `'${typeName(value)}' object has no attribute 'endswith'`;
    throw new PythonError('AttributeError', text);
  }
  return folders.inputExists(value) ? [] : [invalidFile(name, value)];
}

function invalidFile(name: string, value: string): Reason {
  return {
    type: 'custom_validation_failed',
    message: 'Custom validation failed for node',
    details: `${name} - Invalid image file: ${value}`,
    extra_info: { input_name: name },
  };
}
