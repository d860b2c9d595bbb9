const MAX_BYTES = 255;
// Control characters, and those that turn the direction of what follows.
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The name of a file as people may see it: no folder, nothing invisible, at most 255 bytes of UTF-8. */
export function cleanFilename(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const visible = base.toWellFormed().replaceAll(INVISIBLE, '').trim();
  return /^\.*$/.test(visible) ? 'image' : shorten(visible);
}

/** Keeps the ending, which tells programs what the file is. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const ending = /\.\w{1,8}$/.exec(name)?.[0] ?? '';
  const room = Buffer.alloc(MAX_BYTES - ending.length);
  const { written } = new TextEncoder().encodeInto(name, room);
  return room.toString('utf8', 0, written) + ending;
}
