/**
 * Parses JSON as Python writes it: bare `NaN`, `Infinity` and `-Infinity` become null, and integers
 * that a double cannot hold become strings of their digits. Text with neither takes the way of
 * `JSON.parse` alone.
 * @throws SyntaxError when it is not JSON even so.
 */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!NOT_FINITE.test(text)) throw error;
    }
  }
  return JSON.parse(rewriteOutsideStrings(text, TOKENS));
}

/** JSON text as Python writes it, made valid: bare `NaN`, `Infinity` and `-Infinity` become null. */
export function toStrictJson(text: string): string {
  return NOT_FINITE.test(text) ? rewriteOutsideStrings(text, WORDS) : text;
}

/** Like {@link parseJson}, or null when it is not JSON. */
export function parseJsonOrNull(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const LONG_DIGITS = /\d{16}/;
const NOT_FINITE = /NaN|Infinity/;
const WORDS = /NaN|-?Infinity/g;
const TOKENS = /NaN|-?Infinity|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

function rewriteToken(token: string): string {
  if (NOT_FINITE.test(token)) return 'null';
  return Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
}

function rewriteOutsideStrings(text: string, tokens: RegExp): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('"', at);
    if (open < 0) break;
    const end = endOfString(text, open);
    parts.push(text.slice(at, open).replace(tokens, rewriteToken), text.slice(open, end));
    at = end;
  }
  parts.push(text.slice(at).replace(tokens, rewriteToken));
  return parts.join('');
}

/** The index after the quote that closes the string opened at `open`. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close < 0 ? text.length : close + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
