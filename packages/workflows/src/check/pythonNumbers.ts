/** ComfyUI converts texts with Python's rules: underscores between digits, no hexadecimal, spaces around. */
const DIGITS = String.raw`\d+(?:_\d+)*`;
const INTEGER = new RegExp(`^[+-]?${DIGITS}$`);
const DECIMAL = new RegExp(
  `^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`,
  'i',
);
const NOT_FINITE = /^([+-]?)(inf|infinity|nan)$/i;

/** Python refuses to read longer ones. */
const MAX_DIGITS = 4300;

/** The whole number that Python makes of `value`, exactly; null when it refuses. */
export function toPythonInt(value: unknown): bigint | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (!INTEGER.test(text)) return null;
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  if (digits.length > MAX_DIGITS) return null;
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

/** The number that Python makes of `value`, which may be infinite or NaN; null when it refuses. */
export function toPythonFloat(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (DECIMAL.test(text)) return Number(text.replaceAll('_', ''));
  const [, sign, word] = NOT_FINITE.exec(text) ?? [];
  if (word === undefined) return null;
  if (word.toLowerCase() === 'nan') return NaN;
  return sign === '-' ? -Infinity : Infinity;
}
