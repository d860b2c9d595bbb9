import type { InputInfo } from '../catalog/nodeDefinition';
import { isObject, type Json } from '../json';
import type { VersionProfile } from '../profiles/versionProfile';
import { floatText, PythonError, repr, toBool, toFloat, toInt, toStr } from '../python';
import { aboutInput, type Reason } from './reason';

const converters: Record<string, (value: Json) => Json> = {
  INT: toInt,
  FLOAT: toFloat,
  STRING: toStr,
  BOOLEAN: toBool,
};

// More options than this are counted instead of quoted.
const longList = 20;

/** Turns a literal into the input's type, as the server does before it looks at limits. */
export function convertValue(input: InputInfo, given: Json): Json | Reason {
  const value = isObject(given) && '__value__' in given ? (given['__value__'] ?? null) : given;
  const convert = typeof input.type === 'string' ? converters[input.type] : undefined;
  if (!convert) return value;
  try {
    return convert(value);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const message = `Failed to convert an input value to a ${String(input.type)} value`;
    const details = `${input.name}, ${toStr(value)}, ${error.message}`;
    const exception_message = error.message;
    return aboutInput('invalid_input_type', message, input, { value, details, exception_message });
  }
}

/** The first limit or list that a converted literal breaks. */
export function findBrokenLimit(
  input: InputInfo,
  value: Json,
  { quotesListValue }: VersionProfile['validation'],
): Reason | undefined {
  const { min, max } = input.options;
  const show = (number: number) => (input.type === 'FLOAT' ? floatText(number) : String(number));
  if (typeof value === 'number' && typeof min === 'number' && value < min) {
    const message = `Value ${show(value)} smaller than min of ${show(min)}`;
    return aboutInput('value_smaller_than_min', message, input, { value });
  }
  if (typeof value === 'number' && typeof max === 'number' && isBeyond(value, max)) {
    const message = `Value ${show(value)} bigger than max of ${show(max)}`;
    return aboutInput('value_bigger_than_max', message, input, { value });
  }
  const options = comboOptions(input);
  if (!options || options.includes(value)) return undefined;
  return notInList(input, value, {
    options,
    quoted: quotesListValue ? repr(value) : `'${toStr(value)}'`,
  });
}

// Both 2^64 and 2^64 - 1, the largest seed, are read as 2^64; a client in JavaScript can only mean that.
function isBeyond(value: number, max: number): boolean {
  return value > max || (value === max && max > Number.MAX_SAFE_INTEGER);
}

function comboOptions(input: InputInfo): Json[] | undefined {
  if (Array.isArray(input.type)) return input.type;
  if (input.type !== 'COMBO') return undefined;
  const { options } = input.options;
  return Array.isArray(options) ? options : [];
}

function notInList(
  input: InputInfo,
  value: Json,
  { options, quoted }: { options: Json[]; quoted: string },
): Reason {
  const isLong = options.length > longList;
  const list = isLong ? `(list of length ${options.length})` : repr(options);
  const details = `${input.name}: ${quoted} not in ${list}`;
  const config = isLong ? { input_config: null } : {};
  return aboutInput('value_not_in_list', 'Value not in list', input, { value, details, ...config });
}
