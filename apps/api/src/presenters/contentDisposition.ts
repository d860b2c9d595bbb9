/** What a browser may show: it runs nothing that stands in it. */
const SHOWN = /^(?:image\/(?!svg)|video\/|audio\/|text\/plain)/;

/** The header that has a browser show or save a file, and gives it its name when it is saved (RFC 6266). */
export function toContentDisposition(filename: string, mimeType: string): string {
  const ascii = filename.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const header = `${SHOWN.test(mimeType) ? 'inline' : 'attachment'}; filename="${ascii}"`;
  return ascii === filename ? header : `${header}; filename*=UTF-8''${encode(filename)}`;
}

/** What `encodeURIComponent` leaves as it is and RFC 8187 does not. */
function encode(text: string): string {
  const escape = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replaceAll(/['()*]/g, escape);
}
