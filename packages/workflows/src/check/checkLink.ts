import { describe, finding, shorten, type Finding } from './graphIssue';
import type { NodeDefinition } from './nodeDefinition';
import type { InputDefinition } from './nodeInputs';

/** The node that a link is to. */
export interface LinkSource {
  className: string;
  /** Null when the instance has no such class. */
  definition: NodeDefinition | null;
}

/** Types that fit every other. */
const ANY = ['*', 'COMFY_MATCHTYPE_V3'];

/** The node id in a value that is a link, or null. */
export function linkedId(value: unknown): string | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [id] = value as unknown[];
  return typeof id === 'string' ? id : null;
}

/** Whether ComfyUI takes the value for a link when it runs a graph, declared or not. */
export function isFollowed(value: unknown): boolean {
  if (linkedId(value) === null) return false;
  const [, slot] = value as unknown[];
  return typeof slot === 'number' || typeof slot === 'boolean';
}

export function missingSource(field: string, id: string): Finding {
  const says = `${field} is linked to node “${shorten(id)}”, which there is not.`;
  return finding('broken_link', id, says);
}

/** Judges `[node id, slot]`, as which ComfyUI takes every list; a list that is a value is wrapped in `__value__`. */
export function checkLink(
  link: readonly unknown[],
  field: string,
  input: InputDefinition,
  findSource: (id: string) => LinkSource | undefined,
): Finding | null {
  const id = linkedId(link);
  if (id === null) {
    const says = `${field} is a list, and so a link: ["node id", slot], the id as a text. Wrap a list that is a value in {"__value__": […]}.`;
    return finding('broken_link', link, says);
  }
  const source = findSource(id);
  if (!source) return missingSource(field, id);
  // What comes out of a class that is missing is not known; that it is missing is said already.
  if (!source.definition) return null;
  const { outputs } = source.definition;
  const [, slot] = link;
  const index = toIndex(slot, outputs.length);
  if (index === null) {
    const from = `node ${shorten(id)} (${shorten(source.className)})`;
    const says = `${field} takes output ${describe(slot)} of ${from}, which has ${outputs.length}, counted from 0.`;
    return finding('broken_link', slot, says);
  }
  const received = outputs[index];
  if (isCompatible(received, input.type)) return null;
  const says = `${field} takes ${nameType(input.type)}, not ${nameType(received)}.`;
  return finding('wrong_link_type', nameType(received), says);
}

/** Python counts negative slots from the end, and takes true for 1. */
function toIndex(slot: unknown, length: number): number | null {
  const index = typeof slot === 'boolean' ? Number(slot) : slot;
  if (typeof index !== 'number' || !Number.isInteger(index)) return null;
  if (index >= length || index < -length) return null;
  return index < 0 ? length + index : index;
}

/** Whether what a slot gives may go into an input: types are unions such as `IMAGE,MASK`. */
function isCompatible(received: unknown, wanted: unknown): boolean {
  if (ANY.includes(received as string) || ANY.includes(wanted as string)) return true;
  if (Array.isArray(received)) return wanted === 'COMBO' || isSameList(received, wanted);
  if (typeof received !== 'string' || typeof wanted !== 'string') return false;
  const types = unionOf(received);
  const wantedTypes = unionOf(wanted);
  if (types.includes('*') || wantedTypes.includes('*')) return true;
  return types.some((type) => wantedTypes.includes(type));
}

function isSameList(a: readonly unknown[], b: unknown): boolean {
  return Array.isArray(b) && a.length === b.length && a.every((item, index) => item === b[index]);
}

function unionOf(type: string): string[] {
  return type.split(',').map((part) => part.trim());
}

function nameType(type: unknown): string {
  return typeof type === 'string' ? shorten(type) : 'a choice';
}
