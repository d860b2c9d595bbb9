import { describe, finding, nameNearest, quoteNames, type Finding } from './graphIssue';
import { isFollowed } from './checkLink';
import { checkFileName, isOthersUpload, isUpload } from './fileNames';
import { findModelKind } from './modelFiles';
import type { NearestFinder } from './nearestFinder';
import { dynamicKeys, type InputDefinition } from './nodeInputs';
import { isObject } from './plainObject';
import { toPythonFloat, toPythonInt } from './pythonNumbers';

/** Choices that are named to someone who gave none of them. */
const MAX_SHOWN = 12;
/** Of a list of choices. */
const MAX_VALUES = 500;

/** Judges a value that is no link, converting it first as ComfyUI does. */
export function checkValue(
  value: unknown,
  field: string,
  input: InputDefinition,
  nearest: NearestFinder,
): Finding | null {
  const keys = dynamicKeys(input);
  if (keys) return checkChoice(value, field, keys, nearest);

  const unwrapped = unwrap(value);
  if (isFollowed(unwrapped) && input.type !== 'STRING') {
    const says = `${field} wraps what would be taken for a link; give the link itself.`;
    return finding('broken_link', value, says);
  }
  const converted = convert(unwrapped, input.type);
  if (converted === undefined) {
    const wanted = input.type === 'INT' ? 'a whole number' : 'a number';
    return finding('wrong_type', value, `${field} takes ${wanted}, not ${show(value)}.`);
  }
  const choices = choicesOf(input);
  if (isUpload(input)) {
    const files = input.type === 'STRING' ? null : (choices ?? []);
    return checkFileName(converted, field, files, nearest);
  }
  const outside = checkRange(converted, field, input);
  if (outside || !choices) return outside;
  const values =
    input.options['multiselect'] === true && Array.isArray(converted) ? converted : [converted];
  if (values.length > MAX_VALUES) {
    const says = `${field} takes at most ${MAX_VALUES} values.`;
    return finding('value_out_of_range', value, says);
  }
  for (const item of values as unknown[]) {
    if (typeof item === 'string' && isOthersUpload(item) && !isWord(item, field)) {
      const says = `“${describe(item)}” is not yours to read.`;
      return finding('unsafe_name', item, says);
    }
    const wrong = checkChoice(item, field, choices, nearest);
    if (wrong) return wrong;
  }
  return null;
}

/** The folder of uploads has the name of a language, too; what is no folder by its name means that. */
function isWord(item: string, field: string): boolean {
  return !item.includes('/') && !/folder|dir|path/i.test(field);
}

/** `{"__value__": x}` is x: so that a list can be a value and not a link. */
function unwrap(value: unknown): unknown {
  const inner = isObject(value) && Object.hasOwn(value, '__value__') ? value['__value__'] : value;
  // On the wire, what JSON has no word for is null.
  return typeof inner === 'number' && !Number.isFinite(inner) ? null : inner;
}

/** The value as ComfyUI goes on with it; undefined when it cannot convert it. Texts and booleans take anything. */
function convert(value: unknown, type: unknown): unknown {
  if (type === 'INT') return toPythonInt(value) ?? undefined;
  if (type === 'FLOAT') return toPythonFloat(value) ?? undefined;
  if (type === 'STRING') return typeof value === 'string' ? value : describe(value);
  return value;
}

function checkRange(value: unknown, field: string, { options }: InputDefinition): Finding | null {
  const { min, max } = options;
  if (typeof min !== 'number' && typeof max !== 'number') return null;
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number' && typeof number !== 'bigint') {
    return finding('wrong_type', value, `${field} takes a number, not ${show(value)}.`);
  }
  const isTooSmall = typeof min === 'number' && (number < min || equalsRounded(number, min));
  const isTooBig = typeof max === 'number' && (number > max || equalsRounded(number, max));
  if (!isTooSmall && !isTooBig) return null;
  const limit = isTooSmall ? `not less than ${String(min)}` : `at most ${String(max)}`;
  const says = `${field} is ${describe(number)}; it must be ${limit}.`;
  return finding('value_out_of_range', number, says);
}

/** A limit past 2^53 was rounded when it was read, to just outside what it allows. */
function equalsRounded(number: number | bigint, limit: number): boolean {
  if (typeof number !== 'bigint' || !Number.isInteger(limit)) return false;
  return !Number.isSafeInteger(limit) && number === BigInt(limit);
}

/** What an input may be, or null when it is no list. A list that the interface fetches later is not known. */
function choicesOf({ type, options }: InputDefinition): readonly unknown[] | null {
  if (Array.isArray(type)) return type as unknown[];
  if (type !== 'COMBO') return null;
  const { options: choices, remote } = options;
  if (Array.isArray(choices)) return choices as unknown[];
  if (isObject(choices)) return Object.keys(choices);
  return remote === undefined ? [] : null;
}

function checkChoice(
  value: unknown,
  field: string,
  choices: readonly unknown[],
  nearest: NearestFinder,
): Finding | null {
  if (isAmong(value, choices)) return null;
  const names = choices.filter((choice) => typeof choice === 'string');
  const near = typeof value === 'string' ? nearest(value, names) : [];
  const kind = findModelKind(value, field, names);
  const what = kind ? `no ${kind} ${show(value)}` : `${show(value)} is not a choice of ${field}`;
  const code = kind ? 'missing_model' : 'value_not_in_list';
  return { ...finding(code, value, `${what}; ${hint(near, names)}.`), nearest: near };
}

/** In Python, true equals 1 and false equals 0. */
function isAmong(value: unknown, choices: readonly unknown[]): boolean {
  if (choices.includes(value)) return true;
  const number = toNumber(value);
  return !Number.isNaN(number) && choices.some((choice) => toNumber(choice) === number);
}

function toNumber(value: unknown): number {
  return typeof value === 'boolean' || typeof value === 'number' ? Number(value) : NaN;
}

function hint(near: readonly string[], names: readonly string[]): string {
  if (near.length > 0) return nameNearest(near);
  if (names.length === 0) return 'this instance has none';
  if (names.length <= MAX_SHOWN) return `it may be ${quoteNames(names)}`;
  return `none of the ${names.length} there are is like it`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? `“${describe(value)}”` : describe(value);
}
