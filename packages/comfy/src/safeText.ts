const MAX_LENGTH = 300;
const URLS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/gi;
const QUOTED_PATHS = /(['"])(?:[A-Za-z]:[\\/]|\\\\|~?\/|\.{1,2}[\\/])[^'"\n]*\1/g;
const ABSOLUTE_PATHS = /(?<![\w.)\]])(?:[A-Za-z]:[\\/]|\\\\|~?\/|\.{1,2}[\\/])[^\s'"<>|:,;()]+/g;
const BACKSLASH_PATHS = /[\w.-]+(?:\\+[\w.-]+)+/g;

/**
 * A foreign error message made fit for users: no traceback, tensor dump, path (of a file's path its
 * bare name stays) or URL, on one line, of at most 300 characters.
 */
export function safeText(message: string): string {
  const line = message
    .slice(0, 2000)
    .replace(/\n?(?:Traceback \(most recent call last\)|\s+File "[^"]*", line \d)[\s\S]*/, '')
    .replace(/tensor\([\s\S]*/, 'tensor…')
    .replace(URLS, '[url]')
    .replace(QUOTED_PATHS, bareName)
    .replace(ABSOLUTE_PATHS, bareName)
    .replace(BACKSLASH_PATHS, bareName)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}

function bareName(path: string): string {
  const name = path.replace(/['"]/g, '').split(/[\\/]/).at(-1) ?? '';
  return /.\.[A-Za-z]\w{0,15}$/.test(name) ? name : '[path]';
}
