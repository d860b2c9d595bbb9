import { isObject, type Json } from './json';

/** A Python exception the protocol shows to clients: its type's name and its text. */
export class PythonError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
    this.name = 'PythonError';
  }
}

const typeNames = { string: 'str', boolean: 'bool' } as const;

/** `type(value).__name__`. */
export function typeName(value: Json): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  return typeNames[typeof value as keyof typeof typeNames];
}

/** `repr(value)`. */
export function repr(value: Json): string {
  if (typeof value === 'string') {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
  }
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${repr(key)}: ${repr(item)}`);
  return `{${entries.join(', ')}}`;
}

/** `str(value)`. */
export function toStr(value: Json): string {
  return typeof value === 'string' ? value : repr(value);
}

/** A float as Python prints it: `2.0`. */
export function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `bool(value)`. */
export function toBool(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** `int(value)`. */
export function toInt(value: Json): number {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') {
    const wanted = "a string, a bytes-like object or a real number, not '";
    throw new PythonError('TypeError', `int() argument must be ${wanted}${typeName(value)}'`);
  }
  if (/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return Number(value.replaceAll('_', ''));
  throw new PythonError('ValueError', `invalid literal for int() with base 10: ${repr(value)}`);
}

const DIGITS = String.raw`\d+(?:_\d+)*`;
const FLOAT = new RegExp(
  `^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`,
  'i',
);

function notFinite(text: string): number {
  if (/nan/i.test(text)) return NaN;
  return text.startsWith('-') ? -Infinity : Infinity;
}

/** `float(value)`. */
export function toFloat(value: Json): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') {
    const wanted = "a string or a real number, not '";
    throw new PythonError('TypeError', `float() argument must be ${wanted}${typeName(value)}'`);
  }
  const text = value.trim();
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  if (/^[+-]?(inf|infinity|nan)$/i.test(text)) return notFinite(text);
  throw new PythonError('ValueError', `could not convert string to float: ${repr(value)}`);
}
