/** What a letter says, before it is put into words for a reader or a browser. */
export interface Page {
  title: string;
  lines: string[];
  link: { text: string; url: string } | null;
  /** Content ids. */
  thumbnails: string[];
  unsubscribeUrl: string;
}

const UNSUBSCRIBE = 'No more letters to this address:';

/** For those who read plain text. */
export function toText({ title, lines, link, unsubscribeUrl }: Page): string {
  const more = link ? ['', `${link.text}: ${link.url}`] : [];
  return [title, '', ...lines, ...more, '', '--', `${UNSUBSCRIBE} ${unsubscribeUrl}`, ''].join(
    '\n',
  );
}

/** For those who read HTML; loads nothing from anywhere. */
export function toHtml({ title, lines, link, thumbnails, unsubscribeUrl }: Page): string {
  const pictures = thumbnails.map(
    (cid) => `<img src="cid:${escape(cid)}" alt="" style="max-width:256px;margin:0 8px 8px 0">`,
  );
  const paragraphs = lines.map((line) => `<p style="margin:0 0 8px">${toParagraph(line)}</p>`);
  const more = link ? `<p style="margin:16px 0">${anchor(link.url, link.text)}</p>` : '';
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>${escape(title)}</title></head>
  <body style="font-family:sans-serif;line-height:1.5;color:#222;max-width:600px">
    <h1 style="font-size:20px">${escape(title)}</h1>
    <div>${pictures.join('')}</div>
    ${paragraphs.join('\n    ')}
    ${more}
    <p style="margin-top:24px;font-size:12px;color:#777">${UNSUBSCRIBE} ${anchor(unsubscribeUrl, 'unsubscribe')}</p>
  </body>
</html>
`;
}

function toParagraph(line: string): string {
  return isAddress(line) ? anchor(line, line) : escape(line);
}

function anchor(url: string, text: string): string {
  return isAddress(url) ? `<a href="${escape(url)}">${escape(text)}</a>` : escape(url);
}

/** An address that begins with a slash leads nowhere from a letter. */
function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text);
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
